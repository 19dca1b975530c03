import type { Client } from '../http/client.ts';

const text = `# Handbook

## Holidays

Everybody has thirty days of holiday a year. They may be taken at any time.

## Travel

Trains are booked in second class. Flights need the consent of the management.
`;

/** Puts a small handbook into the collection `main`, ready to be asked. */
export async function putHandbook(api: Client): Promise<void> {
  await api.put('handbook.md', text, 'text/markdown');
  await api.becomes('handbook.md', 'ready');
}
