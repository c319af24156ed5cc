/** Lines on a field of 16 × 16. */
const paths = {
  overview: 'M2 13h12M3.5 10l3-4 2.5 2.5L13 3.5',
  sites: 'M8 2v4M8 6H3.5v3.5M8 6h4.5v3.5M2 9.5h3v3H2zM11 9.5h3v3h-3zM6.5 1.5h3v2h-3z',
  pools: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  upstreams: 'M2 8h4m0 0c3 0 3-4.5 6-4.5h2M6 8c3 0 3 4.5 6 4.5h2M6 8h8',
  cache: 'M3 4c0-2.7 10-2.7 10 0s-10 2.7-10 0v8c0 2.7 10 2.7 10 0V4M3 8c0 2.7 10 2.7 10 0',
  things: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z',
  ftp: 'M2 4h5l1.500 2H14v7H2zM8 7.500v4M6.500 9.500 8 11.500l1.500-2',
  requests: 'M2 5h9M8 2l3 3-3 3M14 11H5M8 8l-3 3 3 3',
  connections: 'M2 8h4M10 8h4M6 5.5h4v5H6zM12 5v6M4 5v6',
  traces: 'M2 3.5h6M5 8h6M8 12.5h6',
  log: 'M3 3h10M3 6.3h10M3 9.6h7M3 13h9',
  config: 'M5.5 3 2 8l3.5 5M10.5 3 14 8l-3.5 5',
  deployments: 'M8 11V2.5M4.5 6 8 2.5 11.5 6M2.5 10.5v3h11v-3',
  certificates: 'M4 7h8v6.5H4zM5.5 7V4.800a2.5 2.5 0 0 1 5 0V7M8 9.5v1.5',
  users: 'M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c0-5 10-5 10 0',
  audit: 'M3.5 2h6.5l2.5 2.5V14h-9zM6 7h4M6 10h4',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  auto: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  out: 'M6 2.5H3v11h3M7 8h7M11 5l3 3-3 3',
} as const;

export type IconName = keyof typeof paths;

/** Only for the eye: what it stands for is said by the text beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
