import { escapeXml } from './escape-xml.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Returns a property list for launchd, which starts the server with the system, or when the user logs in, and again when it fails. */
export function launchdPlist({ name, node, program, config, isOfUser, account }: ServiceFacts): string {
  const words = [node, program, 'run', '--config', config].map((word) => `    <string>${escapeXml(word)}</string>`);
  const who = isOfUser || account === null ? '' : `  <key>UserName</key>\n  <string>${escapeXml(account)}</string>\n`;
  const logs = isOfUser ? `/tmp/${name}` : `/var/log/${name}`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${escapeXml(name)}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>NODE_ENV</key>
    <string>production</string>
  </dict>
${who}  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>StandardOutPath</key>
  <string>${escapeXml(logs)}.log</string>
  <key>StandardErrorPath</key>
  <string>${escapeXml(logs)}.error.log</string>
</dict>
</plist>
`;
}
