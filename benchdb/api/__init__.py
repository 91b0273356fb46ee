"""The only door: what users, the command line and the site ask. `connect` opens a database; every question is a method."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchdb.api.charts import chart_library, chart_types, drawn_json, frame_of_one_model, write_chart
    from benchdb.api.database import Database, FormatInfo, Status, connect, formats
    from benchdb.api.demonstration import DemoReport, demo
    from benchdb.api.exporting import Exported, ExportFormat, export_formats
    from benchdb.api.keeping import restore
    from benchdb.api.result import Result
    from benchdb.api.results.comparison import Comparison
    from benchdb.api.results.conflicts import Conflicts
    from benchdb.api.results.coverage import CoverageTable, NextCells
    from benchdb.api.results.doctor import Diagnosis
    from benchdb.api.results.frontier import Frontier, FrontierLags, FrontierSteps, Pareto
    from benchdb.api.results.gate import Gate
    from benchdb.api.results.insights import Insights
    from benchdb.api.results.items import AgreementTable, Flips, Items, ItemValues
    from benchdb.api.results.leaderboard import Leaderboard
    from benchdb.api.results.listing import Listing
    from benchdb.api.results.noise import NoiseTable
    from benchdb.api.results.pass_rate import PassRates
    from benchdb.api.results.power import Power
    from benchdb.api.results.rankings import RankingAgreement, Rankings, RankingSensitivity
    from benchdb.api.results.records import Claims, History, Trace
    from benchdb.api.results.series import Series
    from benchdb.api.results.statement import SqlResult
    from benchdb.api.results.trend import Trend
    from benchdb.api.results.verification import Verification
    from benchdb.api.results.window import WindowBoard, WindowPairs
    from benchdb.api.watching import WatchPass, watch
    from benchdb.database.visible import file_state
    from benchdb.ingest.files import extent
    from benchdb.ingest.meter import Meter
    from benchdb.ingest.report import FileReport, FileState, IngestReport

__all__ = [
    "AgreementTable",
    "Claims",
    "Comparison",
    "Conflicts",
    "CoverageTable",
    "Database",
    "DemoReport",
    "Diagnosis",
    "ExportFormat",
    "Exported",
    "FileReport",
    "FileState",
    "Flips",
    "FormatInfo",
    "Frontier",
    "FrontierLags",
    "FrontierSteps",
    "Gate",
    "History",
    "IngestReport",
    "Insights",
    "ItemValues",
    "Items",
    "Leaderboard",
    "Listing",
    "Meter",
    "NextCells",
    "NoiseTable",
    "Pareto",
    "PassRates",
    "Power",
    "RankingAgreement",
    "RankingSensitivity",
    "Rankings",
    "Result",
    "Series",
    "SqlResult",
    "Status",
    "Trace",
    "Trend",
    "Verification",
    "WatchPass",
    "WindowBoard",
    "WindowPairs",
    "chart_library",
    "chart_types",
    "connect",
    "demo",
    "drawn_json",
    "export_formats",
    "extent",
    "file_state",
    "formats",
    "frame_of_one_model",
    "restore",
    "watch",
    "write_chart",
]

_HOMES = {
    "benchdb.api.charts": ("chart_library", "chart_types", "drawn_json", "frame_of_one_model", "write_chart"),
    "benchdb.api.database": ("Database", "FormatInfo", "Status", "connect", "formats"),
    "benchdb.api.demonstration": ("DemoReport", "demo"),
    "benchdb.api.exporting": ("ExportFormat", "Exported", "export_formats"),
    "benchdb.api.keeping": ("restore",),
    "benchdb.api.result": ("Result",),
    "benchdb.api.results.comparison": ("Comparison",),
    "benchdb.api.results.coverage": ("CoverageTable", "NextCells"),
    "benchdb.api.results.items": ("AgreementTable", "Flips", "ItemValues", "Items"),
    "benchdb.api.results.frontier": ("Frontier", "FrontierLags", "FrontierSteps", "Pareto"),
    "benchdb.api.results.gate": ("Gate",),
    "benchdb.api.results.conflicts": ("Conflicts",),
    "benchdb.api.results.doctor": ("Diagnosis",),
    "benchdb.api.results.insights": ("Insights",),
    "benchdb.api.results.leaderboard": ("Leaderboard",),
    "benchdb.api.results.listing": ("Listing",),
    "benchdb.api.results.noise": ("NoiseTable",),
    "benchdb.api.results.pass_rate": ("PassRates",),
    "benchdb.api.results.power": ("Power",),
    "benchdb.api.results.rankings": ("RankingAgreement", "RankingSensitivity", "Rankings"),
    "benchdb.api.results.records": ("Claims", "History", "Trace"),
    "benchdb.api.results.series": ("Series",),
    "benchdb.api.results.statement": ("SqlResult",),
    "benchdb.api.results.trend": ("Trend",),
    "benchdb.api.results.window": ("WindowBoard", "WindowPairs"),
    "benchdb.api.results.verification": ("Verification",),
    "benchdb.api.watching": ("WatchPass", "watch"),
    "benchdb.database.visible": ("file_state",),
    "benchdb.ingest.files": ("extent",),
    "benchdb.ingest.meter": ("Meter",),
    "benchdb.ingest.report": ("FileReport", "FileState", "IngestReport"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    message = f"module 'benchdb.api' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
