"""A stand-in for LiveKit: its HTTP API over rooms in memory. It checks every token, and signs events as it does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web
from google.protobuf.json_format import MessageToJson

from livekit import api

KEY = "devkey"
SECRET = "a secret between LiveKit and us, for tests"

Answer = Callable[[Any], Any]


@dataclass
class Room:
    """A room, and who is in it."""

    info: api.Room
    people: dict[str, api.ParticipantInfo] = field(default_factory=dict)
    agents: list[api.AgentDispatch] = field(default_factory=list)
    """Those that were sent into it."""


@dataclass
class LiveKitStandIn:
    """Rooms without picture or sound."""

    url: str = ""
    rooms: dict[str, Room] = field(default_factory=dict)
    ingresses: dict[str, api.IngressInfo] = field(default_factory=dict)
    egresses: dict[str, api.EgressInfo] = field(default_factory=dict)
    is_away: bool = False
    """Answers nothing, as a server that hangs."""
    loses_answers: set[str] = field(default_factory=set)
    """Rooms of which a recording is begun without anybody learning of it."""
    vanishing: set[str] = field(default_factory=set)
    """Rooms that are closed as soon as somebody has asked for them."""
    refuses_recordings: set[str] = field(default_factory=set)
    """Rooms that are not recorded."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def ws_url(self) -> str:
        """Where clients would connect."""
        return self.url.replace("http", "ws", 1)

    # -- what clients do ----------------------------------------------------------------------------------------------

    def comes_in(self, token: str) -> api.ParticipantInfo:
        """Somebody connects with this token; raises what LiveKit would refuse."""
        claims = api.TokenVerifier(KEY, SECRET, leeway=timedelta()).verify(token)
        assert claims.video is not None
        assert claims.video.room_join
        person = api.ParticipantInfo(
            sid=f"PA_{next(self._numbers)}",
            identity=claims.identity,
            name=claims.name,
            state=api.ParticipantInfo.State.ACTIVE,
            joined_at=int(time.time()),
            permission=api.ParticipantPermission(
                can_publish=claims.video.can_publish,
                can_subscribe=claims.video.can_subscribe,
                can_publish_sources=[name.upper() for name in claims.video.can_publish_sources or ()],
            ),
        )
        self.rooms[claims.video.room].people[claims.identity] = person
        return person

    def publishes(self, room: str, identity: str, source: Any) -> str:
        """Somebody sends sound or picture; the track's id. LiveKit lets nobody do so who may not."""
        person = self.rooms[room].people[identity]
        assert person.permission.can_publish
        track = person.tracks.add(sid=f"TR_{next(self._numbers)}", source=source)
        return track.sid

    def leaves(self, room: str, identity: str) -> None:
        """Somebody goes."""
        del self.rooms[room].people[identity]

    def signed(self, event: api.WebhookEvent, **change: Any) -> tuple[bytes, dict[str, str]]:
        """An event as LiveKit posts it: the body and the headers; `change` spoils the signature."""
        body = MessageToJson(event).encode()
        token = signature(change.pop("signs", body), **change)
        return body, {"authorization": token, "content-type": "application/webhook+json"}

    def event(self, name: str, room: str) -> api.WebhookEvent:
        """Something that happened in a room."""
        info = self.rooms[room].info if room in self.rooms else api.Room(name=room)
        return api.WebhookEvent(event=name, room=info, id=f"EV_{next(self._numbers)}", created_at=int(time.time()))

    # -- what it answers ----------------------------------------------------------------------------------------------

    def _create_room(self, request: api.CreateRoomRequest) -> api.Room:
        room = self.rooms.get(request.name)
        if room is None:
            made_at = time.time_ns() // 10**6
            room = Room(api.Room(sid=f"RM_{next(self._numbers)}", name=request.name, creation_time_ms=made_at))
            self.rooms[request.name] = room
            for agent in request.agents:
                self._sent(room, agent.agent_name)
        return room.info

    def _sent(self, room: Room, agent: str) -> api.AgentDispatch:
        sent = api.AgentDispatch(id=f"AD_{next(self._numbers)}", agent_name=agent, room=room.info.name)
        sent.state.created_at = time.time_ns()
        room.agents.append(sent)
        return sent

    def _create_dispatch(self, request: api.CreateAgentDispatchRequest) -> api.AgentDispatch:
        if request.room not in self.rooms:
            raise _refused("not_found")
        return self._sent(self.rooms[request.room], request.agent_name)

    def _list_dispatch(self, request: api.ListAgentDispatchRequest) -> api.ListAgentDispatchResponse:
        if request.room not in self.rooms:
            raise _refused("not_found")
        return api.ListAgentDispatchResponse(agent_dispatches=self.rooms[request.room].agents)

    def _list_rooms(self, request: api.ListRoomsRequest) -> api.ListRoomsResponse:
        found = [room.info for name, room in self.rooms.items() if not request.names or name in request.names]
        for name in self.vanishing & set(request.names):
            self.rooms.pop(name, None)  # two may look at once
        return api.ListRoomsResponse(rooms=found)

    def _delete_room(self, request: api.DeleteRoomRequest) -> api.DeleteRoomResponse:
        if self.rooms.pop(request.room, None) is None:
            raise _refused("not_found")
        return api.DeleteRoomResponse()

    def _list_participants(self, request: api.ListParticipantsRequest) -> api.ListParticipantsResponse:
        if request.room not in self.rooms:
            raise _refused("not_found")
        return api.ListParticipantsResponse(participants=list(self.rooms[request.room].people.values()))

    def _remove_participant(self, request: api.RoomParticipantIdentity) -> api.RemoveParticipantResponse:
        room = self.rooms.get(request.room)
        if room is None or room.people.pop(request.identity, None) is None:
            raise _refused("not_found")
        return api.RemoveParticipantResponse()

    def _mute(self, request: api.MuteRoomTrackRequest) -> api.MuteRoomTrackResponse:
        for track in self._person(request.room, request.identity).tracks:
            if track.sid == request.track_sid:
                track.muted = request.muted
                return api.MuteRoomTrackResponse(track=track)
        raise _refused("not_found")

    def _update_participant(self, request: api.UpdateParticipantRequest) -> api.ParticipantInfo:
        person = self._person(request.room, request.identity)
        person.permission.CopyFrom(request.permission)
        return person

    def _person(self, room: str, identity: str) -> api.ParticipantInfo:
        if room not in self.rooms or identity not in self.rooms[room].people:
            raise _refused("not_found")
        return self.rooms[room].people[identity]

    def _create_ingress(self, request: api.CreateIngressRequest) -> api.IngressInfo:
        number = next(self._numbers)
        made = api.IngressInfo(
            ingress_id=f"IN_{number}",
            name=request.name,
            room_name=request.room_name,
            participant_identity=request.participant_identity,
            input_type=request.input_type,
            url="rtmp://localhost:1935/x",
            stream_key=f"key-{number}",
        )
        self.ingresses[made.ingress_id] = made
        return made

    def _delete_ingress(self, request: api.DeleteIngressRequest) -> api.IngressInfo:
        if request.ingress_id not in self.ingresses:
            raise _refused("not_found")
        return self.ingresses.pop(request.ingress_id)

    def _list_ingress(self, request: api.ListIngressRequest) -> api.ListIngressResponse:
        items = [info for info in self.ingresses.values() if info.room_name == request.room_name]
        return api.ListIngressResponse(items=items)

    def _start_egress(self, request: api.RoomCompositeEgressRequest) -> api.EgressInfo:
        info = api.EgressInfo(
            egress_id=f"EG_{next(self._numbers)}",
            room_name=request.room_name,
            status=api.EgressStatus.EGRESS_ACTIVE,
            room_composite=request,
        )
        if request.room_name in self.refuses_recordings:
            raise _refused("unavailable")
        self.egresses[info.egress_id] = info
        if request.room_name in self.loses_answers:
            raise _refused("deadline_exceeded")
        return info

    def _stop_egress(self, request: api.StopEgressRequest) -> api.EgressInfo:
        info = self.egresses.get(request.egress_id)
        if info is None:
            raise _refused("not_found")
        info.status = api.EgressStatus.EGRESS_COMPLETE
        info.file_results.add(filename=info.room_composite.file_outputs[0].filepath)
        return info

    def _list_egress(self, request: api.ListEgressRequest) -> api.ListEgressResponse:
        asked = {request.egress_id, request.room_name} - {""}
        return api.ListEgressResponse(
            items=[info for info in self.egresses.values() if asked & {info.egress_id, info.room_name}]
        )

    def _method(
        self, request: type[Any], grant: str, answer: Answer
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def method(asked: web.Request) -> web.Response:
            while self.is_away:
                await asyncio.sleep(0.02)
            token = asked.headers["Authorization"].removeprefix("Bearer ")
            grants = api.TokenVerifier(KEY, SECRET).verify(token).video
            assert grants is not None
            assert getattr(grants, grant), f"this call needs {grant}"
            try:
                answered = answer(request.FromString(await asked.read()))
            except web.HTTPException as refused:
                return web.Response(status=refused.status, text=refused.text, content_type="application/json")
            return web.Response(body=answered.SerializeToString(), content_type="application/protobuf")

        return method

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[LiveKitStandIn]:
        """Answer on a free port until the block ends."""
        room, ingress, egress, agents = "RoomService", "Ingress", "Egress", "AgentDispatchService"
        methods: list[tuple[str, str, type[Any], str, Answer]] = [
            (room, "CreateRoom", api.CreateRoomRequest, "room_create", self._create_room),
            (room, "ListRooms", api.ListRoomsRequest, "room_list", self._list_rooms),
            (room, "DeleteRoom", api.DeleteRoomRequest, "room_create", self._delete_room),
            (room, "ListParticipants", api.ListParticipantsRequest, "room_admin", self._list_participants),
            (room, "RemoveParticipant", api.RoomParticipantIdentity, "room_admin", self._remove_participant),
            (room, "MutePublishedTrack", api.MuteRoomTrackRequest, "room_admin", self._mute),
            (room, "UpdateParticipant", api.UpdateParticipantRequest, "room_admin", self._update_participant),
            (ingress, "CreateIngress", api.CreateIngressRequest, "ingress_admin", self._create_ingress),
            (ingress, "DeleteIngress", api.DeleteIngressRequest, "ingress_admin", self._delete_ingress),
            (ingress, "ListIngress", api.ListIngressRequest, "ingress_admin", self._list_ingress),
            (egress, "StartRoomCompositeEgress", api.RoomCompositeEgressRequest, "room_record", self._start_egress),
            (egress, "StopEgress", api.StopEgressRequest, "room_record", self._stop_egress),
            (agents, "CreateDispatch", api.CreateAgentDispatchRequest, "room_admin", self._create_dispatch),
            (agents, "ListDispatch", api.ListAgentDispatchRequest, "room_admin", self._list_dispatch),
            (egress, "ListEgress", api.ListEgressRequest, "room_record", self._list_egress),
        ]
        app = web.Application()
        for service, name, request, grant, answer in methods:
            app.router.add_post(f"/twirp/livekit.{service}/{name}", self._method(request, grant, answer))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        yield self
        await runner.cleanup()


def signature(body: bytes, *, secret: str = SECRET, ttl: timedelta = timedelta(minutes=5)) -> str:
    """LiveKit's signature on a body: a token that holds its hash."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return api.AccessToken(KEY, secret).with_sha256(digest).with_ttl(ttl).to_jwt()


def _refused(code: str) -> web.HTTPException:
    return web.HTTPNotFound(text=f'{{"code": "{code}", "msg": "{code}"}}', content_type="application/json")
