import { BlockList, isIP } from 'node:net';

/** Blocks of IPv4 that are no single host's on the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry. */
const special4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];

/** All of IPv6 that is given out to hosts. Mapped, translated (NAT64), local and multicast addresses lie outside of it. */
const global6 = ['2000::/3'];

/**
 * What within that is none: protocols' own (Teredo among them), documentation, and 6to4, which carries an address of IPv4:
 * https://www.iana.org/assignments/iana-ipv6-special-registry.
 */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const ranges = {
  special4: blocks(special4, 'ipv4'),
  global6: blocks(global6, 'ipv6'),
  special6: blocks(special6, 'ipv6'),
};

/** Whether an address, as text, is one of the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !ranges.special4.check(address, 'ipv4');
    case 6:
      return ranges.global6.check(address, 'ipv6') && !ranges.special6.check(address, 'ipv6');
    default:
      return false;
  }
}

function blocks(list: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const blockList = new BlockList();
  for (const block of list) {
    const [net = '', prefix = ''] = block.split('/');
    blockList.addSubnet(net, Number(prefix), family);
  }
  return blockList;
}
