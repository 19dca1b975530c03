/** Body of an answer that is an error, as the SDK reads it: `__type` names the exception. */
export interface ServiceErrorBody {
  __type: string;
  message?: string;
  /** The item a failed condition met, where the request asked for it. */
  Item?: unknown;
}

/** An error that is an answer. dynalite throws and returns the same two fields, so one catch serves both. */
export class ServiceError extends Error {
  readonly statusCode: number;
  readonly body: ServiceErrorBody;

  constructor(type: string, message: string) {
    super(message);
    this.statusCode = 400;
    this.body = { __type: type, message };
  }
}

const namespace = 'com.amazonaws.dynamodb.v20120810#';

/** The request itself is wrong. */
export const validationError = (message: string) =>
  new ServiceError('com.amazon.coral.validate#ValidationException', message);

/** The table or index is not there. */
export const notFound = () =>
  new ServiceError(`${namespace}ResourceNotFoundException`, 'Requested resource not found');

/** More was asked for at once than the service does. */
export const limitExceeded = (message: string) =>
  new ServiceError(`${namespace}LimitExceededException`, message);

/** The body is not JSON, or not of the operation's shape. */
export const serializationError = () =>
  new ServiceError('com.amazon.coral.service#SerializationException', 'The request body cannot be read');

/** `X-Amz-Target` names nothing that is served here. */
export const unknownOperation = () =>
  new ServiceError('com.amazon.coral.service#UnknownOperationException', 'The operation is not known here');

/** Whether a thrown value is an answer for the caller; anything else is a defect. */
export function isServiceError(error: unknown): error is { statusCode: number; body: ServiceErrorBody } {
  return error instanceof Error && 'statusCode' in error && 'body' in error;
}
