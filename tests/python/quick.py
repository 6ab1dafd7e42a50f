"""A quicker start and run of dbt in the tests' own processes; what it does is the same.

Of the processor time of `dbt build` on the demo a fifth goes into debug events that nobody reads,
and into looking up all macros one by one for each node.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from dbt.context.macros import MacroGenerator, MacroNamespace, MacroNamespaceBuilder
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

# At each start dbt looks through the call stack, once for each of its behaviour flags, for the name
# of the module that declares it: half a second below pytest, for a name that no test reads.
BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")

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
        and not self.callbacks
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


BaseEvent.__init__, BaseEvent.__getattr__ = _remember, _get
EventManager.fire_event = _fire_if_read
MacroNamespaceBuilder.build_namespace = _build_namespace
MacroNamespace.__iter__ = _names
MacroNamespace.__getitem__ = lambda self, name: self.all_names[name]
