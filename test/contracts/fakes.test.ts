import { createCalls } from '../fakes/calls.ts';
import { createFakeChunks } from '../fakes/chunk-store.ts';
import { createFakeBucket } from '../fakes/document-bucket.ts';
import { createFakeDocuments } from '../fakes/document-store.ts';
import { chunkStoreContract } from './chunk-store.ts';
import { documentBucketContract } from './document-bucket.ts';
import { documentStoreContract } from './document-store.ts';

chunkStoreContract('in memory', async () => createFakeChunks(createCalls()));
documentStoreContract('in memory', async () => createFakeDocuments(createCalls()));
documentBucketContract('in memory', async () => createFakeBucket(createCalls()));
