export interface DealStage {
  id: string
  label: string
  displayOrder: number
  metadata: { isClosed: string; probability: string }
}

const DEFAULT: readonly [id: string, label: string, probability: string, isClosed?: true][] = [
  ['appointmentscheduled', 'Appointment Scheduled', '0.2'],
  ['qualifiedtobuy', 'Qualified To Buy', '0.4'],
  ['presentationscheduled', 'Presentation Scheduled', '0.6'],
  ['decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'],
  ['contractsent', 'Contract Sent', '0.9'],
  ['closedwon', 'Closed Won', '1.0', true],
  ['closedlost', 'Closed Lost', '0.0', true],
]

const fold = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

/** The stages of the portal's one deal pipeline; a name it does not know becomes a stage of its own. */
export class DealPipeline {
  readonly id = 'default'
  readonly label = 'Sales Pipeline'
  readonly #stages: DealStage[] = DEFAULT.map(([id, label, probability, isClosed = false], displayOrder) => ({
    id,
    label,
    displayOrder,
    metadata: { isClosed: String(isClosed), probability },
  }))

  stages(): readonly DealStage[] {
    return this.#stages
  }

  stage(id: string): DealStage | undefined {
    return this.#stages.find(stage => stage.id === id)
  }

  /** The id of the stage with this id or label, in any spelling; '' gives the first stage. */
  stageId(name: string): string {
    if (name.trim() === '') return this.#stages[0]!.id
    const wanted = fold(name) || 'stage'
    const known = this.#stages.find(
      ({ id, label }) => id === name || fold(id) === wanted || fold(label) === wanted,
    )
    if (known) return known.id
    const stage = {
      id: wanted,
      label: name.trim(),
      displayOrder: this.#stages.length,
      metadata: { isClosed: 'false', probability: '0.5' },
    }
    this.#stages.push(stage)
    return stage.id
  }
}
