import type { ServiceFacts } from './service-facts.ts';

/**
 * Returns a unit for systemd. The server tells when it is ready through `systemd-notify`, a process of its own, hence `NotifyAccess=all`. A
 * service of the system may bind low ports and see, but not write, the rest of the system.
 */
export function systemdUnit(facts: ServiceFacts): string {
  const { name, node, program, config, isOfUser } = facts;
  const command = [node, program, 'run', '--config', config].map(quote).join(' ');
  return `# Made by \`windhover service install\`. Changes: \`systemctl ${isOfUser ? '--user ' : ''}edit ${name}\`.
[Unit]
Description=Windhover (${name})
${isOfUser ? '' : 'Wants=network-online.target\nAfter=network-online.target\n'}
[Service]
Type=notify
NotifyAccess=all
ExecStart=${command}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
Restart=on-failure
Environment=NODE_ENV=production
LimitNOFILE=65536
${isOfUser ? ofUser : ofSystem(facts)}
[Install]
WantedBy=${isOfUser ? 'default.target' : 'multi-user.target'}
`;
}

const ofUser = 'NoNewPrivileges=yes\n';

function ofSystem({ name, account }: ServiceFacts): string {
  const who = account === null ? 'DynamicUser=yes' : `User=${account}`;
  return `${who}
# Ports below 1024, and nothing else that root may do.
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
# The system can be read, not written; these folders below /var/lib, /var/log and /run are the server's own.
ProtectSystem=strict
ProtectHome=read-only
StateDirectory=${name}
LogsDirectory=${name}
RuntimeDirectory=${name}
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
`;
}

/** Quotes a word of a command line; `%` and `$` would otherwise be replaced. */
function quote(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./:@%$+=-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
