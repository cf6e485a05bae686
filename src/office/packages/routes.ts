import { operation } from '../../http/operation.ts'
import { sendArchive } from './archive.ts'
import { getPackage, remindParticipants, replaceParticipant, revokePackage, sendPackage, signByServer } from './change-package.ts'
import { createPackage } from './create-package.ts'
import { getPackageFile, getSignature, listEvents, listFiles, listSignatures } from './files.ts'
import { createLink, revokeLink } from './links.ts'
import { listMyPackages, listPackages } from './list-packages.ts'
import * as s from './schemas.ts'

const tag = 'Packages'
const packages = '/api/v1/office/packages'
const one = `${packages}/{package_id}`
const someone = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'

const makeRoutes = [
  operation(
    {
      id: 'post-api-v1-office-packages',
      method: 'post',
      path: packages,
      summary: 'Create a package of documents with its route, and send it',
      tag,
      access: 'packages:write',
      idempotent: true,
      maxBytes: s.MAX_PACKAGE_BYTES,
      body: s.CreatePackage,
      returns: { 201: { schema: s.Package } },
      errors: [404, 409, 422],
      description:
        'Documents are PDF in base64, or made from a template. All of one order act in parallel; the next order starts when the last of this one is done.',
      example: {
        deal: 'Сделка 15',
        document_type: 'Договор',
        document_number: '№7',
        documents: [{ name: 'Договор.pdf', content_base64: 'JVBERi0xLjcK' }],
        participants: [
          { order: 1, role: 'signer', person: { full_name: 'Сериков Айбек Маратович', phone: '+77011234567' }, methods: ['sms'] },
        ],
      },
    },
    (ctx, { body }) => createPackage(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages',
      method: 'get',
      path: packages,
      summary: 'Packages, newest first',
      tag,
      access: 'packages:read',
      query: s.PackagesQuery,
      returns: { 200: { schema: s.Packages } },
    },
    (ctx, { query }) => listPackages(ctx, query),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages-package_id',
      method: 'get',
      path: one,
      summary: 'A package',
      tag,
      access: 'packages:read',
      params: s.byPackage,
      returns: { 200: { schema: s.Package } },
      errors: [404],
    },
    (ctx, { params }) => getPackage(ctx, params.package_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-me-packages',
      method: 'get',
      path: '/api/v1/office/me/packages',
      summary: 'The packages of the client who asks',
      tag,
      access: 'client:packages',
      query: s.MinePackagesQuery,
      returns: { 200: { schema: s.MyPackages } },
      description: 'For a client’s session alone. Neither drafts nor revoked packages.',
    },
    (ctx, { query }) => listMyPackages(ctx, query),
  ),
]

const leadRoutes = [
  operation(
    {
      id: 'post-api-v1-office-packages-package_id-send',
      method: 'post',
      path: `${one}/send`,
      summary: 'Send a draft',
      tag,
      access: 'packages:write',
      idempotent: true,
      params: s.byPackage,
      returns: { 200: { schema: s.Package } },
      errors: [404, 409],
    },
    (ctx, { params }) => sendPackage(ctx, params.package_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-packages-package_id-revoke',
      method: 'post',
      path: `${one}/revoke`,
      summary: 'Withdraw a package that is not signed by all yet',
      tag,
      access: 'packages:write',
      params: s.byPackage,
      body: s.RevokePackage,
      returns: { 200: { schema: s.Package } },
      errors: [404, 409],
      example: { reason: 'Ошибка в договоре' },
    },
    (ctx, { params, body }) => revokePackage(ctx, params.package_id, body?.reason),
  ),
  operation(
    {
      id: 'put-api-v1-office-packages-package_id-participants-participant_id',
      method: 'put',
      path: `${one}/participants/{participant_id}`,
      summary: 'Put somebody else in the place of a participant who has not acted',
      tag,
      access: 'packages:write',
      params: s.byParticipant,
      body: s.ReplaceParticipant,
      returns: { 200: { schema: s.Package } },
      errors: [404, 409],
      description: 'Links and codes of the one before die; the trail says so.',
      example: { person: { full_name: 'Ерболова Айгерим', phone: '+77017654321' }, methods: ['sms'] },
    },
    (ctx, { params, body }) => replaceParticipant(ctx, params.package_id, params.participant_id, body),
  ),
  operation(
    {
      id: 'post-api-v1-office-packages-package_id-remind',
      method: 'post',
      path: `${one}/remind`,
      summary: 'Remind those whose turn it is, by SMS with a link',
      tag,
      access: 'packages:write',
      idempotent: true,
      params: s.byPackage,
      returns: { 202: { schema: s.Reminded } },
      errors: [404, 409, 429],
      description: 'Once an hour at most.',
    },
    (ctx, { params }) => remindParticipants(ctx, params.package_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-packages-package_id-server-sign',
      method: 'post',
      path: `${one}/server-sign`,
      summary: 'Sign for an employee with the key that the server keeps',
      tag,
      access: 'packages:write',
      idempotent: true,
      params: s.byPackage,
      body: s.ServerSign,
      returns: { 200: { schema: s.Package } },
      errors: [402, 403, 404, 409, 503],
      example: { client_id: someone, company_id: someone },
    },
    (ctx, { params, body }) => signByServer(ctx, params.package_id, body),
  ),
  operation(
    {
      id: 'post-api-v1-office-packages-package_id-signing-links',
      method: 'post',
      path: `${one}/signing-links`,
      summary: 'Make a link by which a participant signs without an account',
      tag,
      access: 'packages:write',
      idempotent: true,
      params: s.byPackage,
      body: s.CreateLink,
      returns: { 201: { schema: s.SigningLink } },
      errors: [404, 409],
      example: { participant_id: someone, ttl_seconds: 86_400 },
    },
    (ctx, { params, body }) => createLink(ctx, params.package_id, body),
  ),
  operation(
    {
      id: 'delete-api-v1-office-packages-package_id-signing-links-link_id',
      method: 'delete',
      path: `${one}/signing-links/{link_id}`,
      summary: 'Withdraw a link',
      tag,
      access: 'packages:write',
      params: s.byLink,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => revokeLink(ctx, params.package_id, params.link_id),
  ),
]

const resultRoutes = [
  operation(
    {
      id: 'get-api-v1-office-packages-package_id-events',
      method: 'get',
      path: `${one}/events`,
      summary: 'The trail, hash-chained, oldest first, and whether it holds',
      tag,
      access: 'packages:read',
      params: s.byPackage,
      returns: { 200: { schema: s.PackageEvents } },
      errors: [404],
      description:
        '`hash` is SHA-256 of `prev_hash` and the canonical JSON (RFC 8785) of the event without `hash`; the first `prev_hash` is 64 zeros.',
    },
    (ctx, { params }) => listEvents(ctx, params.package_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages-package_id-files',
      method: 'get',
      path: `${one}/files`,
      summary: 'Files: originals, stamped versions, the certificate',
      tag,
      access: 'packages:read',
      params: s.byPackage,
      returns: { 200: { schema: s.PackageFiles } },
      errors: [404],
    },
    (ctx, { params }) => listFiles(ctx, params.package_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages-package_id-files-file_id',
      method: 'get',
      path: `${one}/files/{file_id}`,
      summary: 'A file',
      tag,
      access: 'packages:read',
      params: s.byFile,
      returns: { 200: { media: ['application/pdf'] } },
      errors: [404],
    },
    (ctx, { params }) => getPackageFile(ctx, params.package_id, params.file_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages-package_id-files-file_id-signatures',
      method: 'get',
      path: `${one}/files/{file_id}/signatures`,
      summary: 'Signatures over an original, field by field',
      tag,
      access: 'packages:read',
      params: s.byFile,
      returns: { 200: { schema: s.FileSignatures } },
      errors: [404],
    },
    (ctx, { params }) => listSignatures(ctx, params.package_id, params.file_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages-package_id-files-file_id-signatures-signature_id',
      method: 'get',
      path: `${one}/files/{file_id}/signatures/{signature_id}`,
      summary: 'A signature: detached CMS over the original (.p7s)',
      tag,
      access: 'packages:read',
      params: s.bySignature,
      returns: { 200: { media: ['application/pkcs7-signature'] } },
      errors: [404],
    },
    (ctx, { params }) => getSignature(ctx, params.package_id, params.file_id, params.signature_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-packages-package_id-archive',
      method: 'get',
      path: `${one}/archive`,
      summary: 'Everything of a signed package in one ZIP, streamed',
      tag,
      access: 'packages:read',
      params: s.byPackage,
      returns: { 200: { media: ['application/zip'] } },
      errors: [404, 409],
    },
    (ctx, { params }) => sendArchive(ctx, params.package_id),
  ),
]

/** Packages of documents and their signing routes (document 002, 3 to 7). */
export const packageRoutes = [...makeRoutes, ...leadRoutes, ...resultRoutes]
