"""FediUnion: a federated ActivityPub server for staff unions."""

__version__ = "0.1.0"
