import { CreateBucketCommand, HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';

/** Creates the bucket if it is missing. us-east-1 must not be named as a location, every other region has to be. */
export async function ensureBucket(s3: S3Client, bucket: string): Promise<void> {
  if (await exists(s3, bucket)) return;
  const region = await s3.config.region();
  const location = region === 'us-east-1' ? {} : { LocationConstraint: region as 'eu-west-1' };
  const command = new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: location });
  await s3.send(command);
}

async function exists(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchBucket')) return false;
    throw error;
  }
}
