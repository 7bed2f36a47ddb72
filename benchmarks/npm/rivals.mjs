// SPDX-License-Identifier: BSL-1.0
// What JavaScript programs would use instead: one record with edits of this side takes the edits of another side.
// Prints lines of: name, fields, ns per record (the best tenth of the turns), bytes of the update.
// The records are those of ../width_values.hpp.

import { createRequire } from 'node:module'

const widths = [4, 16, 28, 60]
const here = (fields) => (fields > 6 ? [1, 2, 4] : [1, 2])
const there = (fields) => (fields > 6 ? [1, 3, 6] : [1, 3])

const filler = ' along the river and back over the hill, wind from the west'
const text = (start, seed, size) => (start + seed + filler).slice(0, size)
const number = (seed) => (seed % 977) + 1

// Field `f` of record `i`, as both sides knew it.
function value(f, i) {
  const seed = i + f
  return [seed % 2 !== 0, text('Legs heavy ', seed, 24), number(seed), number(seed) + 0.5, number(seed), number(seed),
    number(seed) + 0.5, ['commute', 'winter']][f % 8]
}
const edited = (f, i) => (f % 8 === 1 ? text('Rain again ', i, 24) : value(f, i) + (i % 7) + 1)
const record = (fields, i) =>
  Object.fromEntries(Array.from({ length: fields }, (_, f) => [`f${f}`, f ? value(f, i) : text('5e0f77c2-', i, 36)]))

// Each gives `prepare`, which makes a record with this side's edits; `merge` and `read` of one field, which are timed;
// `look` at all that became of it; and `release`. `batch` records make a turn.
const rivals = {
  async 'WatermelonDB resolver'(fields) {
    const { resolveConflict } = createRequire(import.meta.url)('@nozbe/watermelondb/sync/impl/helpers')
    const flat = (r) => ({ ...r, f7: r.f7?.join() })
    const remote = flat({ id: 'r', ...record(fields, 0) })
    for (const f of there(fields)) remote[`f${f}`] = edited(f, 3)
    return {
      batch: 500,
      prepare(i) {
        const local = flat({ id: 'r', _status: 'updated', ...record(fields, 0) })
        local._changed = here(fields).map((f) => `f${f}`).join()
        for (const f of here(fields)) local[`f${f}`] = edited(f, i)
        return [local, { ...remote }]
      },
      merge: ([local, arrived]) => resolveConflict(local, arrived),
      read: (merged) => merged.f1,
      look: (merged) => merged,
      release() {},
      bytes: JSON.stringify(remote).length,
    }
  },

  async 'Yjs'(fields) {
    const Y = await import('yjs')
    const base = new Y.Doc()
    base.transact(() => Object.entries(record(fields, 0)).forEach(([k, v]) => base.getMap('r').set(k, v)))
    const all = Y.encodeStateAsUpdate(base)
    const copy = (touched, i) => {
      const doc = new Y.Doc()
      Y.applyUpdate(doc, all)
      doc.transact(() => touched.forEach((f) => doc.getMap('r').set(`f${f}`, edited(f, i))))
      return doc
    }
    const update = Y.encodeStateAsUpdate(copy(there(fields), 3), Y.encodeStateVector(base))
    return {
      batch: 200,
      prepare: (i) => copy(here(fields), i),
      merge: (doc) => (Y.applyUpdate(doc, update), doc),
      read: (doc) => doc.getMap('r').get('f1'),
      look: (doc) => doc.getMap('r').toJSON(),
      release: (doc) => doc.destroy(),
      bytes: update.length,
    }
  },

  async 'Automerge'(fields) {
    const A = await import('@automerge/automerge')
    const base = A.from(record(fields, 0))
    const edit = (doc, touched, i) => A.change(doc, (d) => touched.forEach((f) => { d[`f${f}`] = edited(f, i) }))
    const update = A.getLastLocalChange(edit(A.clone(base), there(fields), 3))
    return {
      batch: 20,
      prepare: (i) => edit(A.clone(base), here(fields), i),
      merge: (doc) => A.applyChanges(doc, [update])[0],
      read: (doc) => doc.f1,
      look: (doc) => doc,
      release: (doc) => A.free(doc),
      bytes: update.length,
    }
  },

  async 'Loro'(fields) {
    const { LoroDoc } = await import('loro-crdt')
    const base = new LoroDoc()
    Object.entries(record(fields, 0)).forEach(([k, v]) => base.getMap('r').set(k, v))
    base.commit()
    const all = base.export({ mode: 'snapshot' })
    const copy = (touched, i) => {
      const doc = new LoroDoc()
      doc.import(all)
      touched.forEach((f) => doc.getMap('r').set(`f${f}`, edited(f, i)))
      doc.commit()
      return doc
    }
    const update = copy(there(fields), 3).export({ mode: 'update', from: base.version() })
    return {
      batch: 20,
      prepare: (i) => copy(here(fields), i),
      merge: (doc) => (doc.import(update), doc),
      read: (doc) => doc.getMap('r').get('f1'),
      look: (doc) => doc.getMap('r').toJSON(),
      release: (doc) => doc.free(),
      bytes: update.length,
    }
  },
}

const runs = []
for (const [name, make] of Object.entries(rivals)) {
  try {
    for (const fields of widths) {
      const rival = await make(fields)
      const merged = rival.look(rival.merge(rival.prepare(1)))
      for (const [edits, seed] of [[here(fields), 1], [there(fields), 3]]) {
        for (const f of edits.filter((f) => f !== 1)) {  // f1 is what both sides changed
          if (merged[`f${f}`] !== edited(f, seed)) throw new Error(`f${f} is not merged`)
        }
      }
      runs.push({ name, fields, rival, times: [] })
    }
  } catch (problem) {
    console.log(`${name}\t-\tleft out: ${problem.code ?? problem.message}`)
  }
}

const rounds = 40
for (let round = 0; round < rounds; ++round) {
  for (const { name, rival, times } of runs) {
    const records = Array.from({ length: rival.batch }, (_, i) => rival.prepare(i + 1))
    const merged = new Array(records.length)
    const began = process.hrtime.bigint()
    let read = 0
    for (let i = 0; i < records.length; ++i) {
      merged[i] = rival.merge(records[i])
      read += rival.read(merged[i]).length
    }
    const took = Number(process.hrtime.bigint() - began)
    if (read === 0) throw new Error(`${name} has lost f1`)
    if (round >= rounds / 4) times.push(took / records.length)  // before that, it is being compiled
    merged.forEach(rival.release)
  }
}
for (const { name, fields, rival, times } of runs) {
  times.sort((a, b) => a - b)
  console.log([name, fields, times[Math.floor(times.length / 10)].toFixed(1), rival.bytes].join('\t'))
}
