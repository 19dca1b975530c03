import { describe, expect, it } from 'vitest';
import { createRoutes, type ApiDependencies } from '../../lib/http/api.ts';
import { only, synthesise } from './synthesise.ts';

interface Behavior {
  PathPattern: string;
  TargetOriginId: string;
  AllowedMethods: string[];
  CachePolicyId: string;
  OriginRequestPolicyId: string;
  Compress: boolean;
  ViewerProtocolPolicy: string;
}

interface Join {
  'Fn::Join': [string, [string, Record<string, string>, string]];
}

interface DistributionConfig {
  CacheBehaviors: Behavior[];
  DefaultCacheBehavior: Behavior & { ResponseHeadersPolicyId: unknown };
  DefaultRootObject: string;
  Origins: { Id: string; DomainName: unknown; CustomOriginConfig?: Record<string, unknown> }[];
  [other: string]: unknown;
}

// AWS's own policies: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allViewerExceptHostHeader = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const { data, service } = synthesise();
const bucket = only(service, 'AWS::S3::Bucket');
const config = distributionOf(service);

function distributionOf(template: typeof service): DistributionConfig {
  const { Properties } = only(template, 'AWS::CloudFront::Distribution');
  return Properties['DistributionConfig'] as DistributionConfig;
}

/** The behaviour that CloudFront takes for a path: the first whose pattern fits. */
function behaviorFor(path: string): Behavior {
  const fits = ({ PathPattern }: Behavior) =>
    new RegExp(`^${PathPattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`).test(path);
  return config.CacheBehaviors.find(fits) ?? config.DefaultCacheBehavior;
}

function originOf({ TargetOriginId }: Behavior) {
  return config.Origins.find(({ Id }) => Id === TargetOriginId);
}

describe('the page', () => {
  it('lies in a private bucket that only its distribution may read', () => {
    expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const { PolicyDocument } = only(service, 'AWS::S3::BucketPolicy').Properties;
    const { Statement } = PolicyDocument as { Statement: Record<string, unknown>[] };
    expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      {
        Action: 's3:GetObject',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
      },
    ]);
  });

  it('is served over TLS, compressed, with the index at its root', () => {
    expect(config.DefaultRootObject).toBe('index.html');
    expect(config.DefaultCacheBehavior).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      Compress: true,
      ResponseHeadersPolicyId: { Ref: only(service, 'AWS::CloudFront::ResponseHeadersPolicy').id },
    });
    expect(originOf(config.DefaultCacheBehavior)?.DomainName).toEqual({
      'Fn::GetAtt': [bucket.id, 'RegionalDomainName'],
    });
    expect(config).toMatchObject({ PriceClass: 'PriceClass_100', HttpVersion: 'http2and3' });
  });

  it('may call its own origin and upload to the bucket of documents, and nothing else', () => {
    const policy = only(service, 'AWS::CloudFront::ResponseHeadersPolicy').Properties;
    const { SecurityHeadersConfig, CustomHeadersConfig } = policy['ResponseHeadersPolicyConfig'] as {
      SecurityHeadersConfig: Record<string, Record<string, unknown>>;
      CustomHeadersConfig: { Items: { Header: string }[] };
    };
    const { ContentSecurityPolicy: given = {} } = SecurityHeadersConfig;
    const { 'Fn::Join': join } = given['ContentSecurityPolicy'] as Join;
    const [before, documents, after] = join[1];
    expect(before).toMatch(/^default-src 'none'; .*connect-src 'self' https:\/\/$/);
    expect(documents['Fn::ImportValue']).toContain('GetAttDocuments');
    expect(documents['Fn::ImportValue']).toContain('RegionalDomainName');
    expect(after).toMatch(/^; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/);
    expect(SecurityHeadersConfig).toMatchObject({
      ContentTypeOptions: { Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
    });
    expect(CustomHeadersConfig.Items.map(({ Header }) => Header)).toEqual([
      'permissions-policy',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
    ]);
  });

  it('takes a domain of its own, with TLS 1.2 at least', () => {
    expect(config['ViewerCertificate']).toBeUndefined();
    const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b';
    const own = synthesise({ pageDomain: 'ask.example.com', pageCertificateArn: arn });
    expect(distributionOf(own.service)).toMatchObject({
      Aliases: ['ask.example.com'],
      ViewerCertificate: { AcmCertificateArn: arn, MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
    expect(own.service.findOutputs('PageUrl')['PageUrl']).toEqual({ Value: 'https://ask.example.com' });
  });
});

describe('the API beside it', () => {
  const paths = createRoutes({ models: {}, contentTypes: [] as readonly string[] } as ApiDependencies).map(
    (route) => route.contract().path,
  );

  it.each(Array.from(new Set(paths)))(
    "%s is reached as it is: uncached, not held back, with the caller's key",
    (path) => {
      for (const way of [path, `${path}/`]) {
        const behavior = behaviorFor(way.replaceAll(/\{\w+\}/g, 'x'));
        expect(behavior).toMatchObject({
          CachePolicyId: cachingDisabled,
          OriginRequestPolicyId: allViewerExceptHostHeader,
          Compress: false,
          ViewerProtocolPolicy: 'https-only',
        });
        expect(behavior.AllowedMethods).toEqual(
          expect.arrayContaining(['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'DELETE']),
        );
        expect(JSON.stringify(originOf(behavior)?.DomainName)).toContain('FunctionUrl');
      }
    },
  );

  it('has as long for an answer as the function has', () => {
    const { Timeout } = only(service, 'AWS::Lambda::Function', 'Api').Properties;
    expect(originOf(behaviorFor('/ask'))?.CustomOriginConfig).toMatchObject({
      OriginReadTimeout: Timeout,
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
  });
});

describe('putting the page in its bucket', () => {
  const deployments = Object.values(service.findResources('Custom::CDKBucketDeployment')) as {
    Properties: { SystemMetadata: { 'cache-control': string }; Prune: boolean };
    DependsOn?: string[];
  }[];

  it('takes what has a hash in its name first and for good, then the page, which is asked for anew', () => {
    expect(deployments.map(({ Properties }) => Properties.SystemMetadata['cache-control'])).toEqual([
      'public, max-age=31536000, immutable',
      'no-cache',
    ]);
    expect(deployments.map(({ Properties }) => Properties.Prune)).toEqual([false, false]);
    expect(deployments[1]?.DependsOn).toEqual([
      expect.stringContaining('PageDeploymentAssets'),
      expect.stringContaining('PageDeploymentAssetsCustomResource'),
    ]);
  });

  it('is done by a role that reaches the built files and this bucket, and no log but its own', () => {
    const { PolicyDocument } = only(service, 'AWS::IAM::Policy', 'PageDeployment').Properties;
    const { Statement } = PolicyDocument as { Statement: { Resource: unknown }[] };
    const resources = Statement.flatMap(({ Resource }) => Resource).map((one) => JSON.stringify(one));
    expect(resources).toHaveLength(5);
    for (const resource of resources) expect(resource).toMatch(/PageDeploymentLogs|cdk-\w+-assets|PageFiles/);
  });
});

it('depends on the data, and the data not on it', () => {
  expect(JSON.stringify(service.toJSON())).toContain('RaglanData:');
  expect(JSON.stringify(data.toJSON())).not.toContain('RaglanService');
});
