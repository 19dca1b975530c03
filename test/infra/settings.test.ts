import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

function settingsOf(context: Record<string, unknown>): ReturnType<typeof readSettings> {
  return readSettings(new App({ context }).node);
}

describe('settings', () => {
  it('come from the context, numbers as text too', () => {
    const context = { chatModel: 'a', embeddingModel: 'b', embeddingDimensions: '1024' };
    expect(settingsOf(context)).toMatchObject({ ...context, embeddingDimensions: 1024 });
  });

  it('have defaults', () => {
    expect(settingsOf({})).toMatchObject({ embeddingDimensions: 512, allowedOrigins: [] });
  });

  it('are refused with the name of each that is wrong', () => {
    const context = {
      embeddingDimensions: 'many',
      modelBaseUrl: 'http://plain.example',
      allowedOrigins: '*',
    };
    const attempt = () => settingsOf(context);
    for (const name of Object.keys(context)) expect(attempt).toThrow(name);
  });
});
