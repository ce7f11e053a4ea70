"""What the tests of every service share: two real databases, real tokens, a client that speaks the contract."""
