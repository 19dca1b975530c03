import type { S3Event } from 'aws-lambda';

/** Something that happened to an object. A removal has neither size nor ETag. */
export interface ObjectChange {
  name:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Post'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete';
  bucket: string;
  key: string;
  /** Bytes. */
  size?: number;
  eTag?: string;
}

let last = 0n;

/** Grows with every event of this process and across restarts, as 16 hexadecimal digits or more. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 16n;
  last = now > last ? now : last + 1n;
  return last.toString(16).toUpperCase().padStart(16, '0');
}

/** Keys in events are form-encoded, with the slashes left as they are. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The message that S3 sends for a change
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export function toObjectEvent(change: ObjectChange): S3Event {
  const { name, bucket, key, size, eTag } = change;
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: new Date().toISOString(),
        eventName: name,
        userIdentity: { principalId: 'local' },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': 'local', 'x-amz-id-2': 'local' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'local',
          bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeKey(key),
            sequencer: nextSequencer(),
            // The type has both for every event; S3 itself leaves them out of a removal.
            ...({ size, eTag: eTag?.replaceAll('"', '') } as { size: number; eTag: string }),
          },
        },
      },
    ],
  };
}
