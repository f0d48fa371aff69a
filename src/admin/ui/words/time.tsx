import { useEffect, useState } from 'react';
import { sayRelative } from './relative-time.ts';

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** A time as people say it, and the exact time on hover and for screen readers' users. */
export function Time({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <span className="dim">never</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)}>
      {sayRelative(date, now)}
    </time>
  );
}

const everyMs = 5_000;

function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A time to come; one that has passed means that it is due. */
export function Due({ at }: { at: string }) {
  const now = useNow();
  return new Date(at) > now ? <Time at={at} /> : <>as soon as the endpoint answers</>;
}
