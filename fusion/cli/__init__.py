"""The subcommands of ``python -m fusion``: each module has ``add_arguments(parser)`` and ``run(args)``."""
