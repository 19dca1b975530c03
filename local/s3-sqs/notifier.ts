import type { buildApp } from 'fauxqs';
import type { Stores } from './fauxqs-internals.ts';
import { toObjectEvent, type ObjectChange } from './object-event.ts';

type App = ReturnType<typeof buildApp>;
type S3Store = Stores['s3Store'];

/** What fauxqs keeps of an upload in parts; private in its types, and the only place that has the bucket. */
interface Uploads {
  multipartUploads: ReadonlyMap<string, { bucket: string }>;
}

/**
 * Tells of every object that comes or goes. fauxqs sends no bucket notifications, but every route ends in one of three
 * calls of its store: those are wrapped here, so that the event is on its way in the same tick as the object.
 */
export function notifyOfObjects(app: App, store: S3Store, send: (body: string) => void): void {
  const notify = (change: ObjectChange) => send(JSON.stringify(toObjectEvent(change)));
  const put = store.putObject.bind(store);
  const complete = store.completeMultipartUpload.bind(store);
  const remove = store.deleteObject.bind(store);
  const creation = followCreations(app);

  store.putObject = (bucket, key, ...rest) => {
    const object = put(bucket, key, ...rest);
    notify({ name: creation.name, bucket, key, size: object.contentLength, eTag: object.etag });
    return object;
  };
  store.completeMultipartUpload = (uploadId, parts) => {
    const bucket = (store as unknown as Uploads).multipartUploads.get(uploadId)?.bucket;
    const object = complete(uploadId, parts);
    if (bucket !== undefined) {
      const { key, contentLength: size, etag: eTag } = object;
      notify({ name: 'ObjectCreated:CompleteMultipartUpload', bucket, key, size, eTag });
    }
    return object;
  };
  store.deleteObject = (bucket, key) => {
    remove(bucket, key);
    notify({ name: 'ObjectRemoved:Delete', bucket, key });
  };
}

/** By which kind of request the object at hand comes: the route runs in the same tick as this hook, nothing between. */
function followCreations(app: App): { readonly name: ObjectChange['name'] } {
  const creation: { name: ObjectChange['name'] } = { name: 'ObjectCreated:Put' };
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.method === 'POST') creation.name = 'ObjectCreated:Post';
    else if (request.headers['x-amz-copy-source']) creation.name = 'ObjectCreated:Copy';
    else creation.name = 'ObjectCreated:Put';
    done();
  });
  return creation;
}
