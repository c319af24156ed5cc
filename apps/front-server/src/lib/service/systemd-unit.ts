import type { ServiceFacts, ServiceSocket } from './service-facts.ts';

/**
 * Returns a unit for systemd. The server tells when it is ready through `systemd-notify`, a process of its own, hence `NotifyAccess=all`. A
 * service of the system may bind low ports and see, but not write, the rest of the system.
 */
export function systemdUnit(facts: ServiceFacts): string {
  const { name, node, program, config, isOfUser, sockets } = facts;
  const opened =
    sockets.length === 0 ? '' : `Sockets=${sockets.map((socket) => socketUnitName(name, socket)).join(' ')}\n`;
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
# Twice as long as the server itself gives a worker that hangs, before it replaces it.
WatchdogSec=180
${opened}Environment=NODE_ENV=production
LimitNOFILE=65536
# For the limits of applications, which also need a control group that can be written.
Delegate=cpu memory pids
${isOfUser ? ofUser : ofSystem(facts)}
[Install]
WantedBy=${isOfUser ? 'default.target' : 'multi-user.target'}
`;
}

/** The name of the unit that opens a socket. */
export function socketUnitName(service: string, { name }: ServiceSocket): string {
  return `${service}-${name.replace(/^\//, '').replaceAll(/[^\w.-]/g, '-')}.socket`;
}

/** Returns a unit that lets systemd open a socket, for instance of a port below 1024, and start the server with the first connection. */
export function systemdSocketUnit({ name: service, isOfUser }: ServiceFacts, socket: ServiceSocket): string {
  const { name, listen, mode } = socket;
  return `# Made by \`windhover service install --socket\`.
[Unit]
Description=Windhover (${service}), ${escapeSpecifiers(name)}

[Socket]
ListenStream=${escapeSpecifiers(listen)}
FileDescriptorName=${escapeSpecifiers(name)}
Service=${service}.service
Backlog=511
NoDelay=yes
${mode === null ? '' : `SocketMode=${mode.padStart(4, '0')}\n`}
[Install]
WantedBy=${isOfUser ? 'default.target' : 'sockets.target'}
`;
}

function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

const ofUser = 'NoNewPrivileges=yes\n';

function ofSystem({ name, account, writes }: ServiceFacts): string {
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
${writes.map((folder) => `ReadWritePaths=${quote(`-${folder}`)}\n`).join('')}PrivateDevices=yes
ProtectClock=yes
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
