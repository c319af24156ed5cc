/** The text of a first configuration, which works as it is. */
export function configTemplate(version: string): string {
  return `# yaml-language-server: $schema=${schemaUrl(version)}
# The configuration of Windhover. \`windhover check\` looks for mistakes, \`windhover explain GET /\` says what answers.
# Every key, with its default and the reason: docs/reference/configuration.md

# Where to listen: a port, or an address such as "127.0.0.1:8080". \${NAME:-default} is a variable of the environment.
listen: \${PORT:-8080}

# Servers behind this one, by name.
# upstreams:
#   app: { to: [http://127.0.0.1:3000, http://127.0.0.1:3001] }

sites:
  main:
    # Without hosts this site answers every host. More than one site? Then each needs its hosts.
    # hosts: [example.com, "*.example.com"]
    routes:
      # The longest path that fits wins, wherever it stands in this list.
      - path: /healthz
        respond: { body: "ok\\n" }

      # Everything below /api goes to the upstream named above.
      # - path: /api
      #   proxy: app

      # A folder, relative to this file. Replace the line below with it.
      # - path: /
      #   static: ./public
      - path: /
        respond: { body: "Windhover is running. Now change windhover.yaml.\\n" }

# Other files, whose sites and upstreams are added.
# include: ./sites/*.yaml

# What one request may cost. The defaults are safe.
# limits: { requestBody: 10MB, keepAlive: 75s }
`;
}

/** The JSON Schema that editors fetch for completion and for marking mistakes. */
function schemaUrl(version: string): string {
  return `https://unpkg.com/@windhover/front-server@${version}/dist/windhover.schema.json`;
}
