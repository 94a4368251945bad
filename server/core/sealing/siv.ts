// AES-SIV (RFC 5297), which Node's crypto has not: deterministic authenticated encryption, from @noble/ciphers.
// Loaded only where a router has a secret, since building its tables takes as long as all the rest of a start.

type Siv = typeof import('@noble/ciphers/aes.js').aessiv

let siv: Siv | undefined

/** To be waited for before the first call of the others. Rejects where the package is not there. */
export async function loadSiv(): Promise<void> {
  siv = (await import('@noble/ciphers/aes.js')).aessiv
}

function loaded(): Siv {
  if (siv === undefined) throw new Error('AES-SIV is not loaded')
  return siv
}

/** The synthetic IV, 16 bytes, and the ciphertext. A key of 32 bytes makes it AEAD_AES_SIV_CMAC_256. */
export const encryptSiv = (key: Uint8Array, header: Uint8Array, body: Uint8Array): Uint8Array =>
  loaded()(key, header).encrypt(body)

/** What was encrypted; undefined where key, header or bytes are others. */
export function decryptSiv(key: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const cipher = loaded()(key, header)
  try {
    return cipher.decrypt(sealed)
  } catch {
    // It throws a plain Error for a wrong tag, and has compared in constant time.
    return undefined
  }
}
