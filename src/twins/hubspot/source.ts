const KNOWN: Record<string, string> = {
  organicsearch: 'ORGANIC_SEARCH',
  organic: 'ORGANIC_SEARCH',
  seo: 'ORGANIC_SEARCH',
  paidsearch: 'PAID_SEARCH',
  email: 'EMAIL_MARKETING',
  emailmarketing: 'EMAIL_MARKETING',
  social: 'SOCIAL_MEDIA',
  socialmedia: 'SOCIAL_MEDIA',
  organicsocial: 'SOCIAL_MEDIA',
  paidsocial: 'PAID_SOCIAL',
  referral: 'REFERRALS',
  referrals: 'REFERRALS',
  direct: 'DIRECT_TRAFFIC',
  directtraffic: 'DIRECT_TRAFFIC',
  othercampaigns: 'OTHER_CAMPAIGNS',
  display: 'OTHER_CAMPAIGNS',
  aireferrals: 'AI_REFERRALS',
}

/** HubSpot's traffic source for a source in the scenario's words; what is not the web's is offline. */
export function trafficSource(source: string): string {
  return KNOWN[source.toLowerCase().replaceAll(/[^a-z]/g, '')] ?? 'OFFLINE'
}
