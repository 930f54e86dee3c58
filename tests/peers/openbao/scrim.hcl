# What Scrim needs of a transit engine at transit/, and nothing else. Keys of tenants begin with
# scrim-. It can neither export a key nor back one up.

path "transit/keys/scrim-*" {
  capabilities = ["create", "read", "update", "delete"]
}

path "transit/encrypt/scrim-*" {
  capabilities = ["update"]
}

path "transit/decrypt/scrim-*" {
  capabilities = ["update"]
}

path "transit/rewrap/scrim-*" {
  capabilities = ["update"]
}
