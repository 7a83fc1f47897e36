/** What is done beside, each time so many real milliseconds have passed. */
export interface Beside {
  work: () => Promise<void>
  everyMs: number
}

/**
 * The pages as they come, and between or before them what else has to be done: a first reading takes minutes to
 * prepare and hours to read, and what changes elsewhere must not wait for its end. Pages go on being made meanwhile.
 */
export async function* meanwhile<T>(pages: AsyncGenerator<T>, { work, everyMs }: Beside): AsyncGenerator<T> {
  let due = performance.now() + everyMs
  const turn = async () => {
    await work()
    due = performance.now() + everyMs
  }
  try {
    for (;;) {
      const next = pages.next()
      if (performance.now() >= due) await turn()
      while (!(await comes(next, due - performance.now()))) await turn()
      const { done, value } = await next
      if (done) return
      yield value
    }
  } finally {
    await pages.return(undefined)
  }
}

/** Whether it comes within so many milliseconds; a failure comes too, and is told to whoever waits for it next. */
function comes(next: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise(resolve => {
    const late = setTimeout(() => resolve(false), Math.max(0, ms))
    const settled = () => {
      clearTimeout(late)
      resolve(true)
    }
    next.then(settled, settled)
  })
}
