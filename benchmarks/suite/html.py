"""The report as one HTML page."""


def write(data, path):
    """Not drawn yet."""
