import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';

/**
 * Puts the page's files into their bucket at each deployment, by CDK's own function, which runs then and never else. What
 * has a hash in its name goes first and stays, for those who have opened the page that names it; then the page itself,
 * which is asked for anew each time, so that nothing cached has to be thrown away.
 */
export function deployPage(parent: Construct, { files, bucket }: { files: string; bucket: IBucket }): void {
  const scope = new Construct(parent, 'PageDeployment');
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A role of our own, since the one CDK makes may write every log of the account.
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const common = { destinationBucket: bucket, prune: false, retainOnDelete: false, role, logGroup };
  const assets = new BucketDeployment(scope, 'Assets', {
    ...common,
    sources: [Source.asset(files, { exclude: ['index.html'] })],
    cacheControl: [
      CacheControl.setPublic(),
      CacheControl.maxAge(Duration.days(365)),
      CacheControl.immutable(),
    ],
  });
  const index = new BucketDeployment(scope, 'Index', {
    ...common,
    sources: [Source.asset(files, { exclude: ['assets'] })],
    cacheControl: [CacheControl.noCache()],
  });
  index.node.addDependency(assets);
}
