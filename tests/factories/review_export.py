"""Exports of another quality system, in the documented shape; every text here is our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

AT = "2026-03-02T10:00:00Z"


def rating(
    category: int, score: float | None, *, weight: float = 10, critical: bool = False, name: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "categoryId": str(category),
        "categoryName": name or f"Category {category}",
        "score": score,
        "weight": weight,
        "critical": critical,
        "cause": "",
        "causes": [],
        "groupName": "Conversation",
        "groupId": "1",
    } | more


def review(
    number: int,
    score: float | None,
    ratings: list[dict[str, Any]] | None = None,
    *,
    reviewer: str = "vera@example.com",
    reviewee: str = "rita@example.com",
    at: str = AT,
    **more: Any,
) -> dict[str, Any]:
    return {
        "id": str(number),
        "reviewer": {"email": reviewer, "name": f"{reviewer.split('@')[0].title()} Example"},
        "reviewee": {"email": reviewee, "name": f"{reviewee.split('@')[0].title()} Example"},
        "score": score,
        "comment": "",
        "ratings": ratings or [],
        "tags": [],
        "thread": [],
        "createdISO": at,
        "updatedISO": at,
        "received": True,
        "reviewTime": "120",
        "pauseTime": "0",
        "scorecard": {"id": "7", "name": "Written support"},
    } | more


def conversation(number: int | str, *reviews: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "externalId": str(number),
        "url": f"https://qa.example/{number}",
        "externalUrl": f"https://desk.example/{number}",
        "workspaceId": "1",
        "sourceType": "zendesk",
        "createdAtISO": "2026-03-01T08:00:00Z",
        "externalFields": [],
        "comments": [],
        "reviews": list(reviews),
    } | more


def dispute(number: int, review_id: int, status: str = "REJECTED", **more: Any) -> dict[str, Any]:
    return {
        "disputeId": str(number),
        "reviewId": str(review_id),
        "conversationId": "1",
        "type": "REVIEW",
        "createdAt": "2026-03-03T10:00:00Z",
        "createdBy": {"id": "11", "name": "Rita Example"},
        "assignee": {"id": "12", "name": "Viktor Example"},
        "status": status,
        "resolutionTime": "86400",
        "resolvedAt": "2026-03-04T10:00:00Z",
        "categories": [],
        "comment": {"comment": "I did greet the customer."},
    } | more


USERS = {
    "users": [
        {"id": "11", "name": "Rita Example", "email": "rita@example.com"},
        {"id": "12", "name": "Viktor Example", "email": "viktor@example.com"},
    ]
}


def scorecard(*categories: dict[str, Any], number: int = 7) -> dict[str, Any]:
    groups = [{"id": "1", "name": "Conversation", "position": 1, "categories": list(categories)}]
    return {"data": [{"id": str(number), "name": "Written support", "categories": [], "groups": groups}], "total": 1}


def category(number: int, steps: int, *, weight: int = 10, critical: bool = False) -> dict[str, Any]:
    ratings = [{"rating": str(step), "description": f"Step {step}"} for step in range(1, steps + 1)]
    return {
        "ratingCategoryId": str(number),
        "name": f"Category {number}",
        "description": f"What category {number} asks",
        "weight": weight,
        "critical": critical,
        "reviewCritical": critical,
        "groupCritical": False,
        "position": number,
        "ratings": ratings,
    }


def write(path: Path, *documents: Any, lines: bool = False) -> Path:
    """One document, or one object a line."""
    if lines:
        path.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    else:
        path.write_text(json.dumps(documents[0], indent=1), encoding="utf-8")
    return path


def page(*conversations: dict[str, Any]) -> dict[str, Any]:
    return {"conversations": list(conversations), "pagination": {"page": 1, "pageSize": 100, "total": len(conversations)}}
