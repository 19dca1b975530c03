/** The command cannot be carried out as it was given; the message says why. */
export class UsageFailure extends Error {}

/** The server is not there, or not any more: nothing further can be done. */
export class ServerFailure extends Error {}

/** One document was not taken; the others go on. The message is the server's own. */
export class DocumentFailure extends Error {}
