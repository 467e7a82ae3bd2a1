"""What can go wrong in the vector space.

    EncoderError
    ├── CheckpointError   a text encoder on disk is missing a file, or holds something else
    ├── DeviceError       the device asked for is not there
    ├── ExplorationError  a policy's setting is out of range, or a posterior is of other features
    ├── SpaceFormatError  a stored space cannot be read, or does not fit what it is used with
    └── TrainingDataError there is too little, or nothing usable, to train on

Knows nothing of snapshots, requests or files other than the encoder's own.
"""


class EncoderError(Exception):
    """Base of every error raised by ``firstlight_encoder``."""


class CheckpointError(EncoderError):
    """A text encoder's directory is incomplete or of an unsupported kind."""


class DeviceError(EncoderError):
    """The device that the configuration asks for is not on this machine."""


class ExplorationError(EncoderError):
    """A policy's setting is out of its range, or what was learnt belongs to other features."""


class SpaceFormatError(EncoderError):
    """A stored space is unreadable, or its width differs from what it is used with."""


class TrainingDataError(EncoderError):
    """The events given cannot train or calibrate a space."""
