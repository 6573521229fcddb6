// libsecp256k1 signs and verifies.
#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_preallocated.h>
#include <secp256k1_schnorrsig.h>

#include "mining.h"

#define S(name) rustsecp256k1_v0_10_0_##name

// The crate took out what allocates.
static size_t memory[64];

// The library leaves these two to its user.
void S(default_illegal_callback_fn)(const char* text, void* data) { abort(); }
void S(default_error_callback_fn)(const char* text, void* data) { abort(); }

static double Once(void) {
  unsigned char key[32] = {0}, message[32], packed[72], signed_message[64];
  size_t size = sizeof(packed);
  for (int i = 0; i < 32; i++) key[i] = Number() | 1, message[i] = Number();
  S(context)* context = S(context_preallocated_create)(memory, SECP256K1_CONTEXT_NONE);
  S(pubkey) public_key;
  S(ecdsa_signature) signature;
  S(keypair) pair;
  S(xonly_pubkey) x_only;
  if (!S(ec_pubkey_create)(context, &public_key, key)) return -1;
  if (!S(ecdsa_sign)(context, &signature, message, key, NULL, NULL)) return -2;
  if (!S(ecdsa_verify)(context, &signature, message, &public_key)) return -3;
  if (!S(ecdsa_signature_serialize_der)(context, packed, &size, &signature)) return -4;
  if (!S(keypair_create)(context, &pair, key)) return -5;
  if (!S(schnorrsig_sign32)(context, signed_message, message, &pair, NULL)) return -6;
  if (!S(keypair_xonly_pub)(context, &x_only, NULL, &pair)) return -7;
  if (!S(schnorrsig_verify)(context, signed_message, message, 32, &x_only)) return -8;
  S(context_preallocated_destroy)(context);
  return size + packed[9] + signed_message[11];
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
