"""Answers SupportService: request, rules, message."""

from cnt_grpc.community.messages import support as messages
from cnt_grpc.community.rules import support
from cnt_grpc.kit.paging import Page
from cnt_grpc.kit.rpc.call import Call
from cnt_grpc.pb.cnt.community.v1 import support_service
from cnt_grpc.pb.cnt.community.v1 import support_service_pb2 as pb2


class SupportService(support_service.Servicer):
    """Questions to the team, and its answers."""

    async def CreateTicket(self, request: pb2.CreateTicketRequest, call: Call) -> pb2.CreateTicketResponse:
        row = await support.create(call.tx, call.caller, request.subject, request.message)
        return pb2.CreateTicketResponse(ticket=messages.ticket(row, call.caller))

    async def ListMyTickets(self, request: pb2.ListMyTicketsRequest, call: Call) -> pb2.ListMyTicketsResponse:
        page = Page.of(request, method=call.method, filters=(call.caller.user_id,))
        rows, token, unread = await support.own(call.tx, call.caller, page)
        tickets = messages.tickets(rows, call.caller)
        return pb2.ListMyTicketsResponse(tickets=tickets, next_page_token=token, unread_count=unread)

    async def GetTicket(self, request: pb2.GetTicketRequest, call: Call) -> pb2.GetTicketResponse:
        page = Page.of(request, method=call.method, filters=(request.ticket_id,))
        ticket, replies, token = await support.thread(call.tx, call.caller, request.ticket_id, page)
        return pb2.GetTicketResponse(
            ticket=messages.ticket(ticket, call.caller),
            replies=(messages.reply(row, call.caller) for row in replies),
            next_page_token=token,
        )

    async def ListTickets(self, request: pb2.ListTicketsRequest, call: Call) -> pb2.ListTicketsResponse:
        status = messages.STATUS_ASKED.get(request.status)
        page = Page.of(request, method=call.method, filters=(status,))
        rows, token = await support.listed(call.tx, status, page)
        return pb2.ListTicketsResponse(tickets=messages.tickets(rows, call.caller), next_page_token=token)

    async def GetSupportStats(self, _: pb2.GetSupportStatsRequest, call: Call) -> pb2.GetSupportStatsResponse:
        return messages.stats(await support.stats(call.tx))

    async def ReplyToTicket(self, request: pb2.ReplyToTicketRequest, call: Call) -> pb2.ReplyToTicketResponse:
        said, ticket = await support.reply(call.tx, call.caller, request.ticket_id, request.message)
        return pb2.ReplyToTicketResponse(
            reply=messages.reply(said, call.caller), ticket=messages.ticket(ticket, call.caller)
        )

    async def MarkTicketRead(self, request: pb2.MarkTicketReadRequest, call: Call) -> pb2.MarkTicketReadResponse:
        row = await support.mark_read(call.tx, call.caller, request.ticket_id)
        return pb2.MarkTicketReadResponse(ticket=messages.ticket(row, call.caller))

    async def SetTicketStatus(self, request: pb2.SetTicketStatusRequest, call: Call) -> pb2.SetTicketStatusResponse:
        status = messages.STATUS_ASKED[request.status]
        row = await support.set_status(call.tx, call.caller, request.ticket_id, status)
        return pb2.SetTicketStatusResponse(ticket=messages.ticket(row, call.caller))
