"""The forms of the people page and of one's own account."""

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from donovan.access.marking_policy import policy
from donovan.access.markings import LEVEL_WORDS, Level, Marking, MarkingError, owner_nation, parse_marking
from donovan.access.models import Collection, Role, User


class OwnPasswordForm(PasswordChangeForm):
    """The old password, and the new one twice."""


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's name, role, clearance and need to know."""

    clearance = forms.ChoiceField(choices=[(words, words) for words in LEVEL_WORDS])
    compartments = forms.CharField(required=False, help_text="Divided by commas, such as HARBOR.")
    nationality = forms.CharField(
        max_length=3,
        initial=owner_nation,
        help_text="Country code of three letters. Nationals of another nation read only what is plainly "
        "unclassified or released to it.",
    )
    collections = forms.ModelMultipleChoiceField(
        queryset=Collection.objects.order_by("title"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What this person needs to know. Nobody finds documents of another collection.",
    )
    uploads_to = forms.ModelMultipleChoiceField(
        queryset=Collection.objects.order_by("title"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = [
            "username",
            "first_name",
            "last_name",
            "role",
            "clearance",
            "compartments",
            "nationality",
            "affiliation",
            "may_read_controlled",
        ]
        labels = {
            "username": "Sign-in name",
            "affiliation": "Works for",
            "may_read_controlled": "May read CUI",
        }
        help_texts = {
            "username": "Letters, digits and @ . + - _ only.",
            "affiliation": "FED ONLY, NOCON and their like keep some out.",
            "may_read_controlled": "And what else is sensitive but unclassified, such as LES or SBU.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = Role.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["username"].disabled = True
            self.initial["compartments"] = ", ".join(self.instance.compartments)
            memberships = list(self.instance.memberships.all())
            self.initial["collections"] = [row.collection_id for row in memberships]
            self.initial["uploads_to"] = [row.collection_id for row in memberships if row.may_upload]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        # Names differ by more than case, because the lockout counts failures by the folded name.
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is already a person of this name. Choose another.")
        return username

    def clean_compartments(self) -> list[str]:
        names = [name for name in re.split(r"[,/\s]+", self.cleaned_data["compartments"].upper()) if name]
        for name in names:
            if name not in policy().access_names:
                _check_compartment(name)
        return sorted(set(names))

    def clean_nationality(self) -> str:
        code = str(self.cleaned_data["nationality"]).upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise ValidationError("Write the country code of three letters, such as USA or GBR.")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("clearance") == Level.UNCLASSIFIED.words and cleaned.get("compartments"):
            self.add_error(
                "compartments", "A person without a clearance has no compartments. Raise the clearance."
            )
        return cleaned


class NewPersonForm(PersonForm):
    """A new person also gets a first password, which they change at their first sign-in."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="First password",
        help_text="At least 12 characters. The person chooses another at the first sign-in.",
        strip=False,
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password


class NewPasswordForm(forms.Form):
    """A first password for somebody who lost theirs."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="New first password",
        strip=False,
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password


class CollectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new collection."""

    class Meta:
        model = Collection
        fields = ["slug", "title", "description"]
        labels = {"slug": "Short name"}
        help_texts = {"slug": "Small letters, digits and hyphens. It cannot be changed later."}
        widgets = {"description": forms.TextInput()}

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if Collection.objects.filter(slug=slug).exists():
            raise ValidationError("There is already a collection of this short name. Choose another.")
        return slug


def _check_compartment(name: str) -> Marking:
    """The name must be read as a compartment where it will stand: inside a marking."""
    try:
        marking = parse_marking(f"SECRET//{name}")
    except MarkingError as error:
        raise ValidationError(error.sentence) from error
    if marking.compartments != {name}:
        raise ValidationError(f"“{name[:40]}” is a control of its own, not a compartment. Remove it.")
    return marking
