"""What a fusion is called afterwards: the facts beside the result and the parameters inside the downloaded PNG."""

from __future__ import annotations

from fusion.trace import FusionTrace

SIDES = ("first", "second")


def layout_list(layout) -> list[float]:
    return [round(float(value), 4) for value in layout]


def metadata(trace: FusionTrace) -> dict:
    """Parameters stored in the PNG: enough to make the same sticker again."""
    return {
        "first": trace.keys[0],
        "second": trace.keys[1],
        "main": SIDES[trace.main],
        "layout": [
            layout_list(one)
            for one, here in zip(trace.effective.layouts, trace.effective.presence, strict=True)
            if here > 0.5
        ],
        "preset": trace.preset,
        "weights": trace.weights_hash,
        "off": sorted(trace.ablations),
    }


def facts(trace: FusionTrace) -> dict:
    """Numbers and words beside the result. Unknown ones are ``None``."""
    teacher = trace.teacher
    return {
        "main": SIDES[trace.main],
        "predicted_main": SIDES[trace.predicted_main],
        "main_confidence": round(float(trace.main_confidence), 4),
        "recolour": round(float(trace.recolour), 4),
        "family": teacher.family if teacher else None,
        "reason": teacher.reason if teacher else None,
        "alignment": {
            "iou": round(float(teacher.alignment.iou), 4),
            "center_error": round(float(teacher.alignment.center_error), 4),
            "scale_error": round(float(teacher.alignment.scale_error), 4),
        }
        if teacher
        else None,
        "timings_ms": {name: round(float(value), 1) for name, value in trace.timings_ms.items()},
        "ablations": sorted(trace.ablations),
        "preset": trace.preset,
        "weights": trace.weights_hash,
    }
