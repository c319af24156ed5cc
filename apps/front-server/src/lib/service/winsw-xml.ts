import { escapeXml } from './escape-xml.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Returns the configuration of WinSW, a free program that runs any other as a Windows service. */
export function winswXml({ name, node, program, config }: ServiceFacts): string {
  const words = [program, 'run', '--config', config].map((word) => `"${word}"`).join(' ');
  return `<?xml version="1.0" encoding="UTF-8"?>
<service>
  <id>${escapeXml(name)}</id>
  <name>Windhover (${escapeXml(name)})</name>
  <description>The Windhover web server.</description>
  <executable>${escapeXml(node)}</executable>
  <arguments>${escapeXml(words)}</arguments>
  <env name="NODE_ENV" value="production"/>
  <onfailure action="restart" delay="5 sec"/>
  <stoptimeout>30 sec</stoptimeout>
  <log mode="roll"/>
</service>
`;
}
