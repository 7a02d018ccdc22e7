// Passkeys: our server's question goes to the browser, the browser's answer goes into the form.
//
//   button[data-passkey="get" | "create"]   in a form; shows a passkey, or makes one
//     data-question                         where the question comes from (POST, JSON)
//     data-action                           where the form goes with the answer
//   [data-passkey-part]                     hidden in the markup, shown where the browser can
//   [data-passkey-says]                     what went wrong, beside the button
//   [data-no-passkey]                       what stands there otherwise
//   [data-codes] with [data-codes-tools]    recovery codes: copy and print
//
// Without this file the authenticator app and recovery codes still work.

const CANNOT = {
  NotAllowedError: "That was cancelled, or took too long. Try again.",
  InvalidStateError: "This device has a passkey for you already.",
}
const OTHERWISE = "That did not work. Load the page again, or use another way."

if (window.PublicKeyCredential && navigator.credentials) {
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = false
  for (const text of document.querySelectorAll("[data-no-passkey]")) text.hidden = true
  for (const button of document.querySelectorAll("[data-passkey]")) button.addEventListener("click", () => use(button))
}
offerCodes()

async function use(button) {
  const form = button.form
  say(button, "")
  button.disabled = true
  try {
    const { challenge, options } = await question(form, button.dataset.question)
    const credential =
      button.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: toMake(options) })
        : await navigator.credentials.get({ publicKey: toShow(options) })
    put(form, "challenge", challenge)
    put(form, "credential", JSON.stringify(asJson(credential)))
    // A password that was filled in by the browser is not needed, so it does not travel.
    for (const input of form.querySelectorAll("input[type=password]")) input.disabled = true
    form.action = button.dataset.action
    form.submit()
  } catch (error) {
    button.disabled = false
    say(button, CANNOT[error.name] ?? OTHERWISE)
  }
}

async function question(form, address) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  })
  if (!answer.ok) throw new Error(answer.statusText)
  return answer.json()
}

function put(form, name, value) {
  const input = form.elements[name] ?? document.createElement("input")
  input.type = "hidden"
  input.name = name
  input.value = value
  form.append(input)
}

function say(button, sentence) {
  const place = button.parentElement.querySelector("[data-passkey-says]")
  place.hidden = !sentence
  place.textContent = sentence
}

function toMake(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials?.map(known),
  }
}

function toShow(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: options.allowCredentials?.map(known) }
}

function known(one) {
  return { ...one, id: bytes(one.id) }
}

function asJson(credential) {
  const said = credential.response
  const response = { clientDataJSON: text(said.clientDataJSON) }
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (said[name]) response[name] = text(said[name])
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: credential.getClientExtensionResults() }
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))
}

function text(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("")
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

function offerCodes() {
  const tools = document.querySelector("[data-codes-tools]")
  if (!tools) return
  tools.hidden = false
  const said = tools.querySelector("[data-codes-said]")
  tools.querySelector("[data-print]").addEventListener("click", () => window.print())
  tools.querySelector("[data-copy-codes]").addEventListener("click", async () => {
    const codes = [...document.querySelectorAll("[data-codes] code")].map((code) => code.textContent)
    try {
      await navigator.clipboard.writeText(codes.join("\n"))
      said.textContent = "Copied"
    } catch {
      said.textContent = "This browser does not let us copy. Select the codes instead."
    }
  })
}
