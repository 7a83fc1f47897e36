/** Salesforce's own domains; https://help.salesforce.com/s/articleView?id=000384727 lists them for allow-lists. */
const DOMAINS = /\.(salesforce\.com|force\.com|salesforce\.mil|sfcrmproducts\.cn)$/
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * The origin to send our token to, from what a sign-in answered: one of Salesforce's, or the host that was configured.
 * An answer that was tampered with must not lead the token elsewhere. This machine is fine only when we signed in there.
 * @returns null when it is none of these
 */
export function instanceOrigin(instanceUrl: string, loginUrl: string): string | null {
  const [instance, login] = [URL.parse(instanceUrl), URL.parse(loginUrl)]
  if (!instance || !login || instance.username || instance.password) return null
  if (LOOPBACK.test(login.hostname)) return LOOPBACK.test(instance.hostname) ? instance.origin : null
  if (instance.protocol !== 'https:') return null
  if (instance.host === login.host) return instance.origin
  return instance.port === '' && DOMAINS.test(instance.hostname) ? instance.origin : null
}

/** Whom an assertion is for: sandboxes have a sign-in of their own. */
export function audienceOf(loginUrl: string): string {
  const { hostname } = new URL(loginUrl)
  // acme--uat.sandbox.my.salesforce.com, acme--uat.my.salesforce.com, x.scratch.my.salesforce.com
  const sandbox = hostname === 'test.salesforce.com' || /--|\.(sandbox|scratch)\./.test(hostname)
  return sandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com'
}
