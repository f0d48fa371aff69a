import type { ReactNode } from 'react';

/** Icons of 24 × 24, drawn in the colour of the text. They repeat a word beside them, so screen readers skip them. */
const paths = {
  check: <path d="M5 12.5 10 17.5 19 7" />,
  cross: <path d="M6 6 18 18M18 6 6 18" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7.5V12l3 2" />
    </>
  ),
  warning: <path d="M12 4 21 19.5H3ZM12 10v4M12 16.6v.2" />,
  pause: <path d="M9 6v12M15 6v12" />,
  minus: <path d="M6 12h12" />,
  webhook: (
    <>
      <circle cx="6" cy="17" r="2.5" />
      <circle cx="18" cy="17" r="2.5" />
      <circle cx="12" cy="6.5" r="2.5" />
      <path d="M10.5 8.7 7 14.7M13.5 8.7 17 14.7M8.6 17h6.8" />
    </>
  ),
  send: <path d="M4 12 20 5 14 20 11 13Z" />,
  heart: <path d="M3 12h4l2-5 4 10 2-5h6" />,
  people: (
    <>
      <circle cx="9" cy="8.5" r="3" />
      <path d="M3.5 19c.6-3.4 2.6-5 5.5-5s4.900 1.600 5.500 5M15.500 5.800a3 3 0 0 1 0 5.400M17 14.300c2 .6 3.200 2.200 3.600 4.700" />
    </>
  ),
  twins: (
    <>
      <circle cx="8" cy="8" r="3" />
      <circle cx="16" cy="8" r="3" />
      <path d="M3 19c.5-3.500 2.300-5 5-5M21 19c-.5-3.500-2.300-5-5-5M9 17h6" />
    </>
  ),
  bin: <path d="M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7M10.500 10.500v5.500M13.500 10.500v5.500" />,
  barred: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M6 6 18 18" />
    </>
  ),
  eraser: <path d="M13.500 4.500 20 11l-7.500 8H8l-4-4ZM8.500 9.800l6.500 6.500M12.500 19H20" />,
  rocket: <path d="M5 19c0-3 1-4 3-5l3 3c-1 2-2 3-5 3ZM9 13c1-5 5-9 11-9 0 6-4 10-9 11Z" />,
  live: (
    <>
      <circle cx="12" cy="12" r="2.500" />
      <path d="M7.500 16.500a6.400 6.400 0 0 1 0-9M16.500 7.500a6.400 6.400 0 0 1 0 9M4.700 19.300a10.300 10.300 0 0 1 0-14.600M19.300 4.700a10.300 10.300 0 0 1 0 14.600" />
    </>
  ),
  settings: <path d="M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4" />,
  form: <path d="M5 4h14v16H5ZM8.500 8.500h7M8.500 12h7M8.500 15.500h4" />,
  list: <path d="M8 7h12M8 12h12M8 17h12M4 7v.1M4 12v.1M4 17v.1" />,
  inbox: <path d="M5 5h14l2 9v5H3v-5ZM3 14h5l1.500 2.500h5L16 14h5" />,
  download: <path d="M12 4v11M7.500 10.500 12 15l4.500-4.500M5 19.500h14" />,
  plug: <path d="M9 3v5M15 3v5M6.500 8h11v3a5.500 5.500 0 0 1-11 0ZM12 16.500V21" />,
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600 7 7M17 17l1.400 1.400M5.600 18.400 7 17M17 7l1.400-1.400" />
    </>
  ),
  moon: <path d="M20 14.500A8 8 0 1 1 9.500 4 6.500 6.500 0 0 0 20 14.500Z" />,
  external: <path d="M9 5H5v14h14v-4M13 5h6v6M19 5l-8 8" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {paths[name]}
    </svg>
  );
}
