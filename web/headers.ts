/** Which origins the page may call besides its own: the bucket it uploads to, and the API, where that is elsewhere. */
export interface PageOrigins {
  connect: readonly string[];
}

/**
 * The page's content-security policy: what is its own and nothing else, no inline code or style, no markup from text but
 * what DOMPurify has let through (https://www.w3.org/TR/CSP3/, https://www.w3.org/TR/trusted-types/).
 */
export function contentSecurityPolicy({ connect }: PageOrigins): string {
  return Object.entries({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'connect-src': ["'self'", ...connect].join(' '),
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': 'dompurify',
  })
    .map(([directive, value]) => `${directive} ${value}`)
    .join('; ');
}

/** Headers of every file of the page, the policy apart, by their lower-case names. */
export const otherHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** All security headers of the page's files, by their lower-case names. */
export function pageHeaders(origins: PageOrigins): Record<string, string> {
  return { 'content-security-policy': contentSecurityPolicy(origins), ...otherHeaders };
}
