import eu.europa.esig.dss.diagnostic.CertificateWrapper;
import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;

/** Judges the signatures of a PDF by the European Commission's library DSS: PdfJudge ROOTS.pem INSTANT FILE… */
public class PdfJudge {
    public static void main(String[] args) throws Exception {
        CommonTrustedCertificateSource roots = new CommonTrustedCertificateSource();
        try (InputStream pem = new FileInputStream(args[0])) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                roots.addCertificate(new CertificateToken((X509Certificate) one));
            }
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(roots);
        for (int i = 2; i < args.length; i++) {
            judge(args[i], Instant.parse(args[1]), verifier);
        }
    }

    private static void judge(String file, Instant at, CommonCertificateVerifier verifier) {
        System.out.println("file " + file);
        PDFDocumentValidator validator = new PDFDocumentValidator(new FileDocument(file));
        validator.setCertificateVerifier(verifier);
        validator.setValidationTime(Date.from(at));
        Reports reports = validator.validateDocument();
        SimpleReport simple = reports.getSimpleReport();
        DiagnosticData data = reports.getDiagnosticData();
        for (SignatureWrapper one : data.getSignatures()) {
            CertificateWrapper signer = one.getSigningCertificate();
            System.out.println("signature " + simple.getIndication(one.getId())
                    + " " + simple.getSubIndication(one.getId())
                    + " " + one.getSignatureFormat()
                    + " " + (signer == null ? "" : signer.getCommonName()));
            for (Message said : simple.getAdESValidationErrors(one.getId())) {
                System.out.println("  error " + said.getValue());
            }
            for (Message said : simple.getAdESValidationWarnings(one.getId())) {
                System.out.println("  warning " + said.getValue());
            }
        }
        for (TimestampWrapper one : data.getTimestampList()) {
            System.out.println("timestamp " + one.getType()
                    + " " + simple.getIndication(one.getId()) + " " + simple.getSubIndication(one.getId()));
        }
    }
}
