// Keeps what is being typed in this browser until the server has it.
//
//   <form data-draft="report:st-marys">     keep this form; the key names it, with the person
//   <body data-person="…">                  whose drafts these are: others on the same computer see none
//   <body data-drafts-done="key key">       the server has these (app.web.forms.draft_done): let them go
//   data-posted on the form                 this page answers a POST: what it shows is newer than any draft
//
// The sentence that says so is put in front of the form's first child, role="status".

const PREFIX = "deskbell.draft:"
const KEPT_FOR_DAYS = 7
const LEFT_OUT = ["hidden", "password", "file", "submit", "button"]

export function keepDrafts() {
  if (!isStorageThere()) return
  dropOldOnes()
  const done = document.body.dataset.draftsDone?.split(" ") ?? []
  for (const key of done) localStorage.removeItem(fullKey(key))
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form)
}

export function forgetDrafts() {
  if (!isStorageThere()) return
  for (const key of ours()) localStorage.removeItem(key)
}

function keep(form) {
  const key = fullKey(form.dataset.draft)
  const draft = read(key)
  if (draft && !("posted" in form.dataset)) restore(form, draft, key)
  let timer
  const save = () => {
    clearTimeout(timer)
    write(key, { at: Date.now(), fields: typed(form) })
  }
  form.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(save, 400)
  })
  form.addEventListener("submit", save)
  if ("posted" in form.dataset) save()
}

function restore(form, draft, key) {
  const before = typed(form)
  if (JSON.stringify(before) === JSON.stringify(draft.fields)) return
  fill(form, draft.fields)
  const note = document.createElement("p")
  note.className = "govuk-inset-text"
  note.setAttribute("role", "status")
  const at = new Date(draft.at).toLocaleString("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
  note.append(`This is what you typed on ${at}; it had not been sent. `)
  const discard = document.createElement("button")
  discard.type = "button"
  discard.className = "desk-button"
  discard.textContent = "Start again without it"
  discard.addEventListener("click", () => {
    fill(form, before)
    localStorage.removeItem(key)
    note.replaceChildren("The kept text is gone.")
  })
  note.append(discard)
  form.prepend(note)
}

// [name, value] of everything a person can fill in, in the order of the page.
function typed(form) {
  return inputs(form).flatMap((input) => {
    if (input.type === "radio" || input.type === "checkbox") return input.checked ? [[input.name, input.value]] : []
    return [[input.name, input.value]]
  })
}

function fill(form, fields) {
  for (const input of inputs(form)) {
    const values = fields.filter(([name]) => name === input.name).map(([, value]) => value)
    if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value)
    else if (values.length) input.value = values[0]
  }
  form.dispatchEvent(new Event("deskbell:filled", { bubbles: true }))
}

function inputs(form) {
  return [...form.elements].filter((input) => input.name && !LEFT_OUT.includes(input.type))
}

function fullKey(key) {
  return `${PREFIX}${document.body.dataset.person ?? ""}:${key}`
}

function ours() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
}

function dropOldOnes() {
  const oldest = Date.now() - KEPT_FOR_DAYS * 86_400_000
  for (const key of ours()) if (!(read(key)?.at > oldest)) localStorage.removeItem(key)
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key))
  } catch {
    return null
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft))
  } catch {
    // Storage is full: typing goes on, only without a copy.
  }
}

// Private windows and strict settings throw on the first touch.
function isStorageThere() {
  try {
    return Boolean(localStorage)
  } catch {
    return false
  }
}
