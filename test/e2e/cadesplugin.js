// What CryptoPro's plug-in puts into a page, as far as signing needs it: objects whose properties and methods answer with promises. Signs by the test's key.
;(() => {
  const soon = (value) => Promise.resolve(value)
  const certificate = {
    SubjectName: soon('CN="ТЕСТОВ ТЕСТ", INN=000000000000, C=RU'),
    IssuerName: soon('CN=Тестовый УЦ, C=RU'),
    Thumbprint: soon('00112233445566778899AABBCCDDEEFF00112233'),
    ValidToDate: soon('2030-01-01T00:00:00.000Z'),
    HasPrivateKey: () => soon(true),
  }
  const keyless = { ...certificate, Thumbprint: soon('FF'), HasPrivateKey: () => soon(false) }
  const certificates = (list) => ({
    Count: soon(list.length),
    Item: (i) => soon(list[i - 1]),
    Find: async (by, what) => {
      if (by !== 0) return certificates(list)
      const prints = await Promise.all(list.map(({ Thumbprint }) => Thumbprint))
      return certificates(list.filter((_, i) => prints[i] === what))
    },
  })
  const objects = {
    'CAdESCOM.Store': () => ({
      Open: (location, name, mode) => (location === 2 && name === 'My' && mode === 2 ? soon() : Promise.reject(new Error('0x80070057'))),
      Close: () => soon(),
      Certificates: soon(certificates([keyless, certificate])),
    }),
    'CAdESCOM.CPSigner': () => ({
      propset_Certificate: () => soon(),
      propset_Options: () => soon(),
      AuthenticatedAttributes2: soon({ Add: () => soon() }),
    }),
    'CADESCOM.CPAttribute': () => ({ propset_Name: () => soon(), propset_Value: () => soon() }),
    'CAdESCOM.CadesSignedData': () => {
      let [encoding, content] = [0, '']
      return {
        propset_ContentEncoding: (value) => soon((encoding = value)),
        // as text in UTF-16 unless it was told before that it is base64
        propset_Content: (value) => soon((content = encoding === 1 ? value : btoa(value))),
        SignCades: async (_signer, type, isDetached) => {
          if (type !== 1 || !isDetached) throw new Error('0x80091002')
          return (await window.signForTest(content)).replaceAll(/.{64}/g, '$&\r\n')
        },
      }
    },
  }
  const ready = soon()
  window.cadesplugin = Object.assign(ready, { CreateObjectAsync: (name) => soon(objects[name]()) })
})()
