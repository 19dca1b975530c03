/** More streams are a question of more machines. */
const most = 10_000;

/** Connections that the product has besides those of its streams, files and pipes. */
const others = 1_500;

/** Why so many streams cannot be open here at once; undefined if they can. `limit` is how many files a process may have open. */
export function refusalOf(count: number, limit: number = openFilesLimit()): string | undefined {
  if (count > most) return `At most ${most} streams are measured.`;
  // One to who asks, and one to the model.
  const files = 2 * count + others;
  if (files <= limit) return undefined;
  const possible = Math.max(0, Math.floor((limit - others) / 2));
  return (
    `${count} streams take ${files} open files in the product's process, and ${limit} are allowed here (ulimit -n): ` +
    `at most ${possible} streams.`
  );
}

/** What the system allows a process; Node has raised its own limit to that. */
function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { hard: number | string } };
  };
  const limit = userLimits?.open_files?.hard;
  return typeof limit === 'number' ? limit : Infinity;
}
