"""The sub-commands of ``sayso``, one file each; ``device.cli`` mounts them."""
