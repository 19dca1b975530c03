import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../lib/webhook/addresses.ts';

const forbidden: Record<string, string[]> = {
  'this network': ['0.0.0.0', '0.1.2.3'],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    'fc00::1',
    'fdff::1',
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  unspecified: ['::'],
  'link-local': ['169.254.169.254', '169.254.0.1', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
  'the cloud’s own': ['169.254.170.2', 'fd00:ec2::254'],
  'carrier-grade': ['100.64.0.1', '100.127.255.255'],
  protocols: ['192.0.0.1', '192.0.0.170', '192.88.99.1', '2001::1', '2001:0:4136:e378::1', '2001:20::1'],
  benchmarks: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  'reserved and broadcast': ['240.0.0.1', '255.255.255.255', '4000::1', '5f00::1', 'c000::1'],
  mapped: ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1', '::127.0.0.1'],
  'translated (NAT64)': ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
  '6to4': ['2002:7f00:1::1', '2002:808:808::1'],
  'site-local and discard': ['fec0::1', '100::1'],
  'no address': ['', 'localhost', '127.1', '0x7f000001', '2130706433', '8.8.8.8.8', '[::1]'],
};

describe('an address that a webhook must not go to', () => {
  it.each(Object.entries(forbidden).flatMap(([kind, list]) => list.map((address) => [kind, address])))(
    '%s: %s',
    (_, address) => {
      expect(isPublicAddress(address ?? '')).toBe(false);
    },
  );
});

it.each([
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '128.0.0.1'],
  ...['169.253.255.255', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '198.17.255.255'],
  ...['198.20.0.0', '223.255.255.255', '2606:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888'],
])('%s is of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
