"""The editor's face. Alone knows pygls and lsprotocol."""
