/** Names and phrases of the made-up company's world; none is a real person or firm. */
export const FIRST_NAMES =
  'Ada Amir Ana Anika Arjun Beatriz Ben Carla Chen Clara Daniel David Deepa Diego Elena Emma Erik Fatima Felix Grace Hana Hugo Ines Isaac Jan Joao Jonas Julia Karim Katrin Lara Leon Lucas Maria Marta Max Mei Mia Nadia Nikhil Nina Noah Olga Omar Paul Pedro Priya Rafael Ravi Rosa Sam Sara Sofia Tariq Thomas Tom Vera Victor Yuki Zoe'.split(
    ' ',
  )

export const LAST_NAMES =
  'Abbott Almeida Andersen Bauer Becker Berg Bianchi Brandt Brooks Campos Carter Chandra Costa Cruz Dahl Desai Diaz Eriksen Evans Farrell Ferreira Fischer Foster Garcia Gomez Gupta Haas Hansen Hoffmann Hughes Iyer Jensen Kapoor Keller Khan Klein Kumar Lange Lima Lopez Martins Mehta Meyer Moreau Nair Novak Oliveira Osei Patel Pereira Porter Rao Reyes Richter Rossi Santos Schmidt Shah Silva Singh Souza Stein Tanaka Torres Vogel Walsh Weber Wright Young Zimmer'.split(
    ' ',
  )

const FIRST_PARTS =
  'Alder Amber Apex Beacon Birch Blue Bright Cedar Clear Copper Crest Delta Elm Ember Falcon Fern Flint Forge Harbor Hazel Iron Juniper Keel Lark Linden Maple Meadow Merit North Oak Orchard Pine Quarry Raven Ridge River Sable Silver Spruce Stone Summit Tidal Timber Vale Verde Willow'.split(
    ' ',
  )

const SECOND_PARTS =
  'Analytics Automotive Bank Biotech Capital Clinics Components Education Energy Foods Freight Health Insurance Labs Logistics Manufacturing Media Mobility Networks Packaging Pharma Power Retail Robotics Software Solutions Steel Supply Systems Textiles'.split(
    ' ',
  )

export const INDUSTRIES = [
  'Financial Services',
  'Healthcare',
  'Manufacturing',
  'Retail',
  'Software',
  'Transportation',
]

export const JOB_TITLES = [
  'Head of Operations',
  'IT Manager',
  'Managing Director',
  'Marketing Manager',
  'Procurement Lead',
  'Sales Director',
  'VP Engineering',
  'VP Finance',
]

export const FORMS = [
  'Contact us',
  'Demo request',
  'Price list',
  'Trade show scan',
  'Webinar signup',
  'White paper',
]

export const REJECTIONS = [
  'Bad contact data: phone and e-mail do not work, please check the form',
  'Not a fit: below 20 employees, send companies from 50 up',
  'No budget: comes back in the next fiscal year',
  'Student or job seeker: not a buyer',
  'Competitor',
  'Duplicate',
]

export const RECYCLINGS = [
  'Timing: contract with their vendor ends in two quarters',
  'No response: six attempts, nurture and hand over after the next sign of interest',
  'Not the decision maker: we need the head of the department',
  'Still researching',
]

export const STAGES = ['Qualification', 'Needs Analysis', 'Proposal', 'Negotiation']

export const LOSSES = ['Price', 'No decision', 'Competitor', 'Missing feature', 'Budget cut']

/** The n-th company name; names repeat with a number after all pairs are used. */
export function companyName(n: number): string {
  const first = FIRST_PARTS[n % FIRST_PARTS.length]!
  const second = SECOND_PARTS[Math.floor(n / FIRST_PARTS.length) % SECOND_PARTS.length]!
  const round = Math.floor(n / (FIRST_PARTS.length * SECOND_PARTS.length))
  return round === 0 ? `${first} ${second}` : `${first} ${second} ${round + 1}`
}

/** A domain that can never be registered (RFC 2606). */
export function domainOf(company: string): string {
  return `${company.toLowerCase().replaceAll(' ', '-')}.example.com`
}
