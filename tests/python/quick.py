"""A quicker start and run of dbt in the tests' own processes; what it does is the same.

Of the processor time of `dbt build` on the demo nearly half goes into debug events that nobody
reads, looking up all macros one by one for each node, templates that were compiled before, and
parsers of dates that no result has.
"""

import logging
import marshal
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any

from dbt.context.macros import MacroGenerator, MacroNamespace, MacroNamespaceBuilder
from dbt.tracking import track_behavior_change_warn
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from jinja2 import Environment

# At each start dbt looks through the call stack, once for each of its behaviour flags, for the name
# of the module that declares it: half a second below pytest, for a name that no test reads.
BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")

_compile, _test_types = Environment.compile, agate_helper.build_type_tester
_fill, _fire = BaseEvent.__init__, EventManager.fire_event


def _remember(self: BaseEvent, *arguments: Any, **fields: Any) -> None:
    """Make an event's message when it is first read; a debug event's often never is."""
    object.__setattr__(self, "_given", (arguments, fields))


def _get(self: BaseEvent, name: str) -> Any:
    if name == "pb_msg":
        arguments, fields = object.__getattribute__(self, "_given")
        _fill(self, *arguments, **fields)
        return object.__getattribute__(self, "pb_msg")
    return getattr(self.pb_msg, name)


def _fire_if_read(
    self: EventManager, e: BaseEvent, level: EventLevel | None = None, *rest: Any, **more: Any
) -> None:
    """Leave debug events out that no log takes."""
    takers = (one._python_logger for one in self.loggers if one._python_logger)
    if (
        (level or e.level_tag()) == EventLevel.DEBUG
        # dbt's own callback reads warnings
        and all(one is track_behavior_change_warn for one in self.callbacks)
        and not any(taker.isEnabledFor(logging.DEBUG) for taker in takers)
    ):
        return
    _fire(self, e, level, *rest, **more)


def _build_namespace(
    self: MacroNamespaceBuilder, macros_by_package: Mapping[str, Mapping[str, Any]], ctx: Any
) -> MacroNamespace:
    """Make the same as dbt, a package at once; the manifest has no macro's name twice."""
    internal: dict[str, MacroGenerator] = {}
    packages = {
        package: {
            macro.name: MacroGenerator(macro, ctx, self.node, self.thread_ctx)
            for macro in macros.values()
        }
        for package, macros in macros_by_package.items()
    }
    for package in reversed(self.internal_package_names_order):
        internal.update(packages.get(package, {}))
    others = {
        package: macros
        for package, macros in packages.items()
        if package not in self.internal_package_names
    }
    is_root = self.search_package == self.root_package
    namespace = MacroNamespace(
        global_namespace={} if is_root else others.get(self.root_package, {}),
        local_namespace=others.get(self.search_package, {}),
        global_project_namespace=internal,
        packages=others,
    )
    # what is searched first stands last, over the others
    namespace.all_names = {}
    for searched in reversed(list(namespace._search_order())):
        namespace.all_names.update(searched)
    return namespace


def _names(self: MacroNamespace) -> Iterator[str]:
    return iter(self.all_names)


def _compile_once(self: Environment, source: object, *rest: Any, **more: Any) -> CodeType | str:
    """Compile a template once for all processes of a run; what it becomes is its source's alone."""
    shared = os.environ.get("TESTS_SHARED")
    if not shared or not isinstance(source, str) or rest or any(more.values()):
        return _compile(self, source, *rest, **more)
    kind = f"{type(self).__qualname__} {sorted(self.extensions)} {sorted(self.filters)} {source}"
    path = Path(shared, "templates", sha256(kind.encode()).hexdigest())
    try:
        return marshal.loads(path.read_bytes())
    except FileNotFoundError:
        made = _compile(self, source, **more)
        path.parent.mkdir(exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}_{threading.get_ident()}")
        unfinished.write_bytes(marshal.dumps(made))
        unfinished.rename(path)
        return made


@lru_cache
def _types_tested(thread: int, texts: tuple[str, ...], nulls: tuple[str, ...]) -> Any:
    return _test_types(texts, nulls)


def _test_types_once(
    text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")
) -> Any:
    """Make the same as dbt, once for each thread."""
    texts, nulls = tuple(sorted(text_columns)), tuple(string_null_values)
    return _types_tested(threading.get_ident(), texts, nulls)


Environment.compile, agate_helper.build_type_tester = _compile_once, _test_types_once
BaseEvent.__init__, BaseEvent.__getattr__ = _remember, _get
EventManager.fire_event = _fire_if_read
MacroNamespaceBuilder.build_namespace = _build_namespace
MacroNamespace.__iter__ = _names
MacroNamespace.__getitem__ = lambda self, name: self.all_names[name]
