"""``python -m fusion train``: from options to a running engine.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from fusion.corrections import read_corrections
from fusion.data.art_styles import training_styles
from fusion.errors import FusionError
from fusion.evaluation.perceptual import load_perceptual
from fusion.geometry import Frame
from fusion.kitchen.dataset import KitchenDataset
from fusion.model import DEFAULT_PRESET, PRESETS, FusionNet, build_fusion_net
from fusion.model.config import CHOICES
from fusion.model.layout_trunk import DROPOUT, set_dropout
from fusion.model.variants import VARIANTS, parse_settings
from fusion.model.weights import load_fusion_net, save_fusion_net
from fusion.pipeline.engines.accelerated import has_bfloat16
from fusion.recipes.rosters import roster_named
from fusion.recipes.teacher import Teacher
from fusion.training.engine import WEIGHTS, Engine
from fusion.training.phases import LAYOUT_MODULES, Phase, choose, schedule, within
from fusion.training.resume import CHECKPOINT
from fusion.training.runtime import TrainConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``train``."""
    add_network(parser.add_argument_group("the network").add_argument)
    add_schedule(parser.add_argument_group("the schedule").add_argument)
    add_data(parser.add_argument_group("the data").add_argument)
    add_run(parser.add_argument_group("the run").add_argument)


def add_network(add: Callable[..., object]) -> None:
    """What is trained, and from where."""
    add("--preset", default=DEFAULT_PRESET, choices=list(PRESETS), help="which network")
    add("--size", type=int, default=256, help="side of the last stage's pictures, in pixels")
    add("--width", type=int, help="channels of the U-Net's first stage (default: the preset's)")
    add(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a setting of the preset, as often as wanted: those that DESIGN section 1 argues for are "
        + ", ".join(VARIANTS)
        + "; words=64 lets the layout branch read words, sentence=true hear what is said apart; both go with --init",
    )
    add("--families", action="store_true", help="name each layout's family and tell the U-Net; also with --init")
    add("--dyes", action="store_true", help='teach "in its colours" also as the same recipe, its main subject dyed')
    add("--roster", choices=CHOICES["roster"], help="whose recipes to learn (default: classic, or what --init learned)")
    add("--init", metavar="WEIGHTS", help="start from these weights (a folder or hub id)")
    add("--layout-from", metavar="WEIGHTS", help="take the layout branch from these weights")


def add_schedule(add: Callable[..., object]) -> None:
    """In which phases, and for how long."""
    add("--max-minutes", type=float, metavar="M", help="all of the run's training takes M minutes, over all its starts")
    add(
        "--phases",
        metavar="NAME=LENGTH,...",
        help="which phases, and how long: layout=12,image-64=2000steps (minutes, steps); none trains nothing",
    )
    add("--rate", type=float, metavar="R", help="learning rate of every phase (default: its own; 3e-4 fine-tunes)")
    add("--dropout", type=float, metavar="S", help="share of a pair's features that layout heads miss (default: 0.15)")
    add("--phase-switch", metavar="S", help="end phase one early: a similarity such as 0.92, or 'adaptive'")
    add("--published", action="store_true", help="the published two phases: picture MSE alone, then MSE + perceptual")
    add("--perceptual", type=float, default=0.0, metavar="W", help="weight of the perceptual loss in picture phases")


def add_data(add: Callable[..., object]) -> None:
    """On which pairs."""
    add("--all-emoji", action="store_true", help="train on the held-out emoji as well; held-out pairs stay unseen")
    add(
        "--styles",
        default="",
        metavar="NAME,...",
        help="art styles that phase one mixes in (assets/scripts/fetch_styles.py)",
    )
    add("--kitchen", type=Path, metavar="DIR", help="real stickers that the picture phases mix in (see kitchen fetch)")
    add("--corrections", type=Path, metavar="FILE", help="corrections that the layout phase mixes in (see corrections)")
    add("--correction-share", type=float, default=0.25, metavar="S", help="of its pairs (default: 0.25)")
    add("--nudges", type=float, default=0.0, metavar="S", help="share of phase one's emoji that stand elsewhere")
    add("--disguises", type=float, default=0.0, metavar="S", help="share of phase one's emoji that are drawn otherwise")
    add("--seed", type=int, default=0, help="another seed draws other pairs and other first weights")


def add_run(add: Callable[..., object]) -> None:
    """Where it runs, and what it writes."""
    add("--out", type=Path, required=True, metavar="DIR", help="folder of the run: checkpoint, log, sheets, weights")
    add("--resume", action="store_true", help="go on from DIR's checkpoint")
    add("--export", type=Path, metavar="FOLDER", help="also write the averaged weights here, in half precision")
    add("--workers", type=int, default=1, help="processes that prepare batches ahead of time")
    add("--threads", type=int, help="threads of the network's arithmetic on a CPU")
    add("--device", default="auto", choices=["auto", "cpu", "cuda"], help="default: auto")
    add(
        "--precision",
        default="auto",
        choices=["auto", "no", "bf16"],
        help="bf16 trains faster where the hardware multiplies it and several times slower where it does not; "
        "default: whichever is faster here",
    )
    add("--tracker", choices=["tensorboard"], help="live curves, beside DIR/log.jsonl")
    add("--quiet", action="store_true", help="no progress bar")


def run(args: argparse.Namespace) -> int:
    """Run (or resume, or only export) a training run; returns the exit code."""
    started = time.monotonic()
    check(args)
    if args.threads:
        torch.set_num_threads(args.threads)
    phases, config = plan_phases(args), train_config(args)
    net = starting_net(args)
    set_dropout(net, DROPOUT if args.dropout is None else args.dropout)
    teacher = Teacher(net.config.frame, roster=net.config.roster)
    teacher.dyes = args.dyes
    teacher.prepare()
    prepare_data(config, net.config.frame, phases)
    perceptual = load_perceptual() if any(phase.weights.get("perceptual") for phase in phases) else None
    # Setting up counts against --max-minutes, which is what a person waits for.
    engine = Engine(net, phases, teacher, config, perceptual, minutes_spent=(time.monotonic() - started) / 60)
    if args.resume:
        engine.restore()
        if engine.finished:
            print(f"This run is finished; to train longer, start another one with --init {args.out / WEIGHTS}.")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: setattr(engine, "stopping", True))
    engine.run()
    if args.export:
        save_fusion_net(load_fusion_net(args.out / WEIGHTS), args.export)
    ending = "stopped" if engine.stopping else "finished"
    print(f"{ending}; the averaged weights are in {args.export or args.out / WEIGHTS}")
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse what would lose or silently ignore something."""
    if not args.resume and (args.out / CHECKPOINT).exists():
        raise FusionError(f"{args.out} already holds a run: add --resume to go on with it, or choose another --out.")
    if args.max_minutes is not None and args.max_minutes <= 0:
        raise FusionError(f"--max-minutes is {args.max_minutes:g}: give a number of minutes above zero.")
    if args.init and any(not setting.startswith(("words=", "sentence=")) for setting in args.set):
        raise FusionError("--init brings settings of its own: leave out --set, but for words=64 and sentence=true.")
    if args.rate is not None and not 0 < args.rate < 1:
        raise FusionError(f"--rate is {args.rate:g}: give a learning rate between 0 and 1, such as 3e-4.")
    if not 0 < args.correction_share < 1:
        raise FusionError(f"--correction-share is {args.correction_share:g}: give a share between 0 and 1.")
    for name in ("dropout", "nudges", "disguises"):
        if not 0 <= (share := getattr(args, name) or 0.0) < 1:
            raise FusionError(f"--{name} is {share:g}: give a share from 0 to below 1, such as 0.05.")
    if args.device == "cuda" and not torch.cuda.is_available():
        raise FusionError("There is no CUDA device here: use --device cpu or auto.")


def train_config(args: argparse.Namespace) -> TrainConfig:
    """How the run runs."""
    return TrainConfig(
        out=args.out,
        seed=args.seed,
        workers=args.workers,
        tracker=args.tracker,
        device=args.device,
        precision=args.precision if args.precision != "auto" else faster_precision(args.device),
        progress=not args.quiet,
        styles=tuple(filter(None, args.styles.split(","))),
        split="all" if args.all_emoji else "train",
        kitchen=args.kitchen,
        corrections=args.corrections,
        correction_share=args.correction_share,
        nudges=args.nudges,
        disguises=args.disguises,
    )


def faster_precision(device: str) -> str:
    """``bf16`` where the device multiplies it in hardware, else ``no``: emulated, it is slower than float32."""
    on_gpu = device != "cpu" and torch.cuda.is_available()
    return "bf16" if on_gpu or has_bfloat16() else "no"


def prepare_data(config: TrainConfig, frame: Frame, phases: Sequence[Phase]) -> None:
    """Meet a missing style, file or sticker folder now and not an hour later; match the stickers, which is kept."""
    if config.corrections is not None:
        read_corrections(config.corrections)
        if all(phase.paints for phase in phases):
            raise FusionError("Corrections teach the layout phase, and there is none: add layout to --phases.")
    training_styles(config.styles, 64, frame)
    if config.kitchen is not None:
        KitchenDataset(config.kitchen, 64, frame, split=config.split).prepare()


def plan_phases(args: argparse.Namespace) -> list[Phase]:
    """The run's phases with their lengths."""
    phases = schedule(
        args.preset,
        args.size,
        parse_settings(args.set),
        switch=args.phase_switch,
        published=args.published,
        perceptual=args.perceptual,
    )
    if args.phases:
        phases = choose(phases, args.phases)
    if args.rate:
        phases = [replace(phase, learning_rate=args.rate) for phase in phases]
    return within(phases, args.max_minutes) if args.max_minutes else phases


def starting_net(args: argparse.Namespace) -> FusionNet:
    """A fresh network, or one that starts from given weights, ready to be trained."""
    torch.manual_seed(args.seed)
    if args.init:
        net = load_fusion_net(args.init)
        settings = parse_settings(args.set)
        words, sentence = (settings.get(name, getattr(net.config, name)) for name in ("words", "sentence"))
        net = with_words(net, int(words), bool(sentence))
    else:
        overrides = {"size": args.size} | ({"width": args.width} if args.width else {})
        net = build_fusion_net(args.preset, **overrides, **parse_settings(args.set))
    if args.roster:
        net.config = replace(net.config, roster=args.roster)
    if args.families:
        net = with_families(net, family_names(net.config.roster))
    if args.layout_from:
        donor = load_fusion_net(args.layout_from)
        net = with_words(net, donor.config.words, donor.config.sentence)
        net = with_families(net, donor.config.families or net.config.families)
        graft_layout(net, with_words(donor, net.config.words, net.config.sentence))
    return net


def family_names(roster: str) -> str:
    """The families of a roster as FusionConfig's ``families`` has them: those that pairs get, in their order."""
    return ",".join(family.name for family in roster_named(roster).rules)


def with_families(net: FusionNet, names: str) -> FusionNet:
    """``net`` naming recipe families and telling the U-Net, which changes nothing until it learns.

    Raises FusionError where it names others already, or has no layout branch that could.
    """
    if names == net.config.families:
        return net
    if net.config.families:
        raise FusionError("The weights name other recipe families already: leave out --families.")
    teller = FusionNet.from_config(replace(net.config, families=names))
    fresh, known = teller.state_dict(), net.state_dict()
    many = net.config.hypotheses
    for name, numbers in known.items():
        if numbers.shape == fresh[name].shape:
            fresh[name] = numbers
        else:  # the last layer of the layout head, hypothesis by hypothesis, has got a number for each family
            wider = fresh[name].unflatten(0, (many, -1)).zero_()
            wider[:, : len(numbers) // many] = numbers.unflatten(0, (many, -1))
    teller.load_state_dict(fresh)
    return teller


def with_words(net: FusionNet, dimensions: int, sentence: bool = False) -> FusionNet:
    """``net`` with a layout branch that reads words of so many dimensions, which changes nothing until it learns.

    ``sentence``: as in FusionConfig. Raises FusionError where it reads words of other dimensions already.
    """
    sentence = sentence or net.config.sentence
    if (dimensions, sentence) == (net.config.words, net.config.sentence):
        return net
    if net.config.words not in (0, dimensions):
        raise FusionError(f"The weights read words of {net.config.words} dimensions: leave out --set words.")
    reader = FusionNet.from_config(replace(net.config, words=dimensions, sentence=sentence))
    reader.load_state_dict(reader.state_dict() | net.state_dict())
    return reader


def graft_layout(net: FusionNet, donor: FusionNet) -> None:
    """Give ``net`` the layout branch of ``donor``: the two learn apart, so they can be trained at the same time."""
    for name in LAYOUT_MODULES:
        part, other = getattr(net, name, None), getattr(donor, name, None)
        if part is None or other is None:
            raise FusionError("Only networks with a siamese layout branch can exchange it: leave out --layout-from.")
        try:
            part.load_state_dict(other.state_dict())
        except RuntimeError as error:
            raise FusionError(
                "The layout branch of --layout-from belongs to another preset: use matching ones."
            ) from error
