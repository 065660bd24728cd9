import { useEffect, useState } from 'preact/hooks';

/** Below it a plot for desks would have letters too small to read. */
const small = '(max-width: 640px)';

/** How wide plots are to be drawn, for their letters to be readable on this screen. */
export function usePlotWidth(): number {
  const [isSmall, setSmall] = useState(() => matchMedia(small).matches);
  useEffect(() => {
    const query = matchMedia(small);
    const change = () => setSmall(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return isSmall ? 400 : 960;
}
