export const help = `Usage: windhover <command> [options]

Commands:
  run      start the server
  check    look for mistakes in the configuration, without starting

Options:
  -c, --config <file>   the configuration, YAML or JSON (default: ./windhover.yaml)
  -h, --help            this text
  -v, --version         the version

Exit codes:
  0   stopped when asked to; the configuration is right
  1   could not start or go on: a port in use for instance
  2   the command line or the configuration is wrong
`;
