import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  type BehaviorOptions,
} from 'aws-cdk-lib/aws-cloudfront';
import { FunctionUrlOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { FunctionUrl } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { deployPage } from './page-files.ts';
import { createPageHeaders } from './page-headers.ts';
import type { Settings } from './settings.ts';

/** What the page is made of and whom it calls. */
export interface PageProps {
  /** Folder with the built page. */
  files: string;
  api: FunctionUrl;
  /** How long the API may take for a whole answer that it does not stream. */
  apiTimeout: Duration;
  /** The bucket that the page uploads documents to. */
  documents: Bucket;
  settings: Settings;
}

/** Paths of the API, which takes them with a slash at their end too. Everything else is a file of the page. */
const apiPaths = [
  ...['/ask*', '/batch*', '/answers/*', '/jobs*', '/documents*', '/cache*', '/v1/*'],
  ...['/health*', '/openapi.json*'],
];

/**
 * The chat page in a private bucket, behind a distribution that also leads to the API: for a browser both are one origin,
 * so no rule about other origins is needed.
 */
export function createPage(scope: Construct, props: PageProps): void {
  const bucket = createBucket(scope);
  const distribution = new Distribution(scope, 'Page', {
    comment: 'Raglan: the chat page and, for it, the API.',
    defaultRootObject: 'index.html',
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: createPageHeaders(scope, props.documents),
    },
    additionalBehaviors: toApi(props),
    priceClass: PriceClass.PRICE_CLASS_100,
    httpVersion: HttpVersion.HTTP2_AND_3,
    ...ownDomain(scope, props.settings),
  });
  deployPage(scope, { files: props.files, bucket });
  const domain = props.settings.pageDomain ?? distribution.distributionDomainName;
  new CfnOutput(scope, 'PageUrl', { value: `https://${domain}` });
  new CfnOutput(scope, 'PageDistributionDomain', { value: distribution.distributionDomainName });
}

/** Whatever it holds is made by each deployment, so it goes with the stack. */
function createBucket(scope: Construct): IBucket {
  const bucket = new Bucket(scope, 'PageFiles', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // CDK's class does not fit its own interface where optional properties are exact.
  return bucket as IBucket;
}

/** Nothing of the API is cached, nor compressed, which would hold back what streams; callers' headers arrive as they are. */
function toApi({ api, apiTimeout }: PageProps): Record<string, BehaviorOptions> {
  const origin = new FunctionUrlOrigin(api, { readTimeout: apiTimeout });
  const behavior: BehaviorOptions = {
    origin,
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    // A function URL knows itself by its own name only.
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    // A redirect would lose a question's body, and its key has gone over the wire by then.
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    compress: false,
  };
  return Object.fromEntries(apiPaths.map((path) => [path, behavior]));
}

/** CloudFront lets the least version of TLS be chosen for domains of one's own only. */
function ownDomain(scope: Construct, { pageDomain, pageCertificateArn }: Settings) {
  if (pageDomain === undefined || pageCertificateArn === undefined) return {};
  return {
    domainNames: [pageDomain],
    certificate: Certificate.fromCertificateArn(scope, 'PageCertificate', pageCertificateArn),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
  };
}
