"""The part of the ontology that exists for a role, and what its terms are called in GraphQL."""

from collections.abc import Mapping
from functools import cached_property

from api.access import CLEARANCE, Role
from ontology import Model, Property

# Names of designed types (api/envelope.py, api/roots.py) that a class may not take.
DESIGNED = frozenset({"Release", "Concept", "Context", "Journey", "Linkage", "Catalogue", "Query"})


class View:
    """One role's ontology. Made once a role; everything in it is worked out once."""

    def __init__(self, model: Model, role: Role) -> None:
        self.model = model
        self.role = role
        self._cleared = CLEARANCE[role]
        self._carried: dict[str, Mapping[str, Property]] = {}

    @cached_property
    def classes(self) -> frozenset[str]:
        """Record classes, and classes above them, that may be seen with all above them."""
        return frozenset(
            name
            for name, cls in self.model.classes.items()
            if (cls.root or any(self.model.root_of(low) for low in self.model.subclasses(name)))
            and all(
                self.model.classes[up].sensitivity in self._cleared
                for up in self.model.superclasses(name)
            )
        )

    @cached_property
    def records(self) -> frozenset[str]:
        """Those of them that records can have."""
        return frozenset(name for name in self.classes if self.model.root_of(name))

    def shows(self, prop: Property) -> bool:
        """Whether a property exists for the role: cleared, and for a link so is some target."""
        if prop.sensitivity not in self._cleared:
            return False
        return prop.kind != "link" or any(target in self.classes for target in prop.targets)

    def shows_named(self, name: str) -> bool:
        """Whether a property of this name exists for the role."""
        prop = self.model.properties.get(name)
        return prop is not None and self.shows(prop)

    def properties(self, cls: str) -> Mapping[str, Property]:
        """What records of a class may carry, by name, as far as the role may see it."""
        if cls not in self._carried:
            self._carried[cls] = {
                prop.name: prop for prop in self.model.properties_of(cls) if self.shows(prop)
            }
        return self._carried[cls]

    @property
    def shows_identifiers(self) -> bool:
        """Whether record IRIs, which hold identifiers, may be seen."""
        return "identifying" in self._cleared

    def has_kinds(self, cls: str) -> bool:
        """Whether a class has subclasses: then its name is an interface's."""
        return len(self.model.subclasses(cls)) > 1

    def interface_name(self, cls: str) -> str:
        """The GraphQL name that stands for a class with all of its subclasses."""
        return f"{cls}Record" if cls in DESIGNED else cls

    def object_name(self, cls: str) -> str:
        """The GraphQL name of the records of exactly this class."""
        name = self.interface_name(cls)
        return f"Plain{name}" if self.has_kinds(cls) else name
